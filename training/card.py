"""card.json: the model card, generated from the measurements and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training import measurements
from training.paths import ROOT

RESULTS = ROOT / "bench" / "results" / "model.json"
"""What `npm run eval:model` measured on the exported files."""


def results() -> dict[str, Any] | None:
    """The last evaluation's results, or None before there was one."""
    return measurements.plain(json.loads(RESULTS.read_text())) if RESULTS.exists() else None


def number(value: float) -> str:
    return f"{value:.3g}"


def missed(figure: dict[str, Any]) -> str:
    """One sentence on a figure that misses its target: by how much, with n and interval."""
    value, target, n = figure["value"], figure["target"], f"n = {figure['n']:,}"
    if value is None:
        return f"{figure['name']}: could not be measured; the target is {number(target)}."
    interval = figure.get("interval")
    spread = "" if not interval or None in interval else f", {number(interval[0])} to {number(interval[1])}"
    return f"{figure['name']}: {number(value)} ({n}{spread}), {number(abs(value - target))} from its target of {number(target)}."


def limits(measured: dict[str, Any] | None, reader: dict[str, Any] | None) -> list[str]:
    """What the model cannot do: what is known from how it is built, then every missed target, then what its reader sees less well."""
    known = ["Knows only the words of vocabulary.json; other words are spelled by bytes and mean nothing to it.", "128 x 128 pixels, one to four people."]
    return known + against_targets(measured) + [worse_on(d, reader) for d in ((reader or {}).get("toneGroups") or {}).get("worse", [])]


def against_targets(measured: dict[str, Any] | None) -> list[str]:
    """Every figure that misses its target, or one sentence on why there is none."""
    if measured is None:
        return ["How far it obeys its prompt has not been measured against its targets yet."]
    held = [f for f in measured["figures"] if f["target"] is not None]
    return [missed(f) for f in held if not f["ok"]] or [f"All {len(held)} figures that it is held to meet their targets."]


def worse_on(difference: dict[str, Any], reader: dict[str, Any]) -> str:
    """One sentence on a tone group that the reader reads less well than another, beyond chance."""
    what, groups = difference["what"], (difference["worse"], difference["better"])
    if what == "heads":
        counts = [reader["heads"]["byToneGroup"][g] for g in groups]
        rights, ns, verb = [c["found"] for c in counts], [c["n"] for c in counts], "finds fewer heads of"
    else:
        counts = [reader["attributes"][what]["byToneGroup"][g] for g in groups]
        rights, ns, verb = [c["right"] for c in counts], [c["n"] for c in counts], f"is less often right about {what} on"
    shares = [f"{100 * right / n:.1f} % of {n:,}" for right, n in zip(rights, ns)]
    return f"Its reader {verb} {groups[0]} than {groups[1]} skin: {shares[0]} against {shares[1]} (p = {number(difference['p'])}, corrected)."


def shares(measured: dict[str, Any] | None) -> dict[str, Any] | None:
    """What the model draws for plain prompts: occupation to attribute to n and the share of each value. From the evaluation, else from training.evaluate."""
    if measured is not None and "shares" in measured:
        rows = measured["shares"]
        by_occupation = {job: {a: {"n": (n := sum(row["counts"])), "learned": {v: c / n if n else None for v, c in zip(row["values"], row["counts"])}}
                               for a, row in attributes.items()} for job, attributes in rows.items()}
        return {"command": measured["command"], "byOccupation": by_occupation}
    evaluation = measurements.kept("evaluation")
    if evaluation is None:
        return None
    return {"command": evaluation["command"], "byOccupation": {job: {a: {"n": row["n"], "learned": row["learned"]} for a, row in attributes.items()}
                                                               for job, attributes in evaluation["shares"].items()}}


def write_card(out: Path, facts: dict[str, dict[str, Any]]) -> None:
    """@param facts per trained stage: samples seen and what it measured of itself."""
    measured, reader = results(), (measurements.kept("reader") or {}).get("measured")
    card = {
        "title": "People (drawn world)",
        "licence": "MIT",
        "summary": "A small latent diffusion pipeline trained on pictures that this project draws itself, with a bias that is known exactly. "
                   "It depicts drawn figures; no photograph of any person was used.",
        "intendedUse": "Teaching and testing bias correction and bias measurement: the learned shares can be held against the table they were drawn from.",
        "notFor": "Depicting, describing or judging real people. Attributes are perceived presentations of drawn figures, never identities.",
        "limits": limits(measured, reader),
        "figures": measured and {key: measured[key] for key in ("command", "commit", "date", "machine", "figures")},
        "data": {"renderer": "src/core/world", "sets": measurements.kept("data")},
        "bias": measurements.kept("bias"),
        "shares": shares(measured),
        "training": {stage: {k: v for k, v in own.items() if k != "geometry"} for stage, own in facts.items()},
        "worldClip": facts.get("clip", {}).get("geometry"),
        "export": {"graphs": measurements.kept("export"), "quantization": measurements.kept("quantization")},
        "reader": reader and {"card": "perception/reader.json", "accuracy": {a: own["accuracy"] for a, own in reader["attributes"].items()}},
    }
    (out / "card.json").write_text(measurements.to_json(card))
