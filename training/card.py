"""card.json: the model card, generated from the measurements and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training import measurements
from training.paths import ROOT

RESULTS = ROOT / "bench" / "results" / "model.json"
"""What `npm run eval:model` measured on the exported files."""
WORSE = ", worse than the full model by: "
"""Between a variant and a figure, where it is held against the full model (bench/model/differences.ts)."""


def results() -> dict[str, Any] | None:
    """The last evaluation's results, or None before there was one."""
    return measurements.plain(json.loads(RESULTS.read_text())) if RESULTS.exists() else None


def number(value: float) -> str:
    return f"{value:.3g}"


def missed(figure: dict[str, Any]) -> str:
    """One sentence on a figure that misses its target: by how much, with n and interval."""
    value, target, n, name = figure["value"], figure["target"], f"n = {figure['n']:,}", figure["name"]
    name = name[:1].upper() + name[1:]
    if value is None:
        return f"{name}: could not be measured; the target is {number(target)}."
    interval = figure.get("interval")
    spread = "" if not interval or None in interval else f", {number(interval[0])} to {number(interval[1])}"
    return f"{name}: {number(value)} ({n}{spread}), {number(abs(value - target))} from its target of {number(target)}."


def limits(measured: dict[str, Any] | None, reader: dict[str, Any] | None) -> list[str]:
    """What the model cannot do: what is known from how it is built, then every missed target, then what its reader sees less well."""
    known = ["Knows only the words of vocabulary.json; other words are spelled by bytes and mean nothing to it.", "128 x 128 pixels, one to four people."]
    return known + against_targets(measured) + worse_on_tone_groups(reader or {})


def against_targets(measured: dict[str, Any] | None) -> list[str]:
    """Every figure that misses its target, or one sentence on why there is none. Of a variant only where it is worse than the full model."""
    if measured is None:
        return ["How far it obeys its prompt has not been measured against its targets yet."]
    names = {f["name"] for f in measured["figures"]}
    compared = {f"{variant}: {name}" for whole in names if WORSE in whole for variant, name in [whole.split(WORSE, 1)]}
    held = [f for f in measured["figures"] if f["target"] is not None and f["name"] not in compared]
    return [missed(f) for f in held if not f["ok"]] or [f"All {len(held)} figures that it is held to meet their targets."]


def worse_on_tone_groups(reader: dict[str, Any]) -> list[str]:
    """One sentence for each tone group that the reader reads less well than others, beyond chance."""

    def seen(what: str, group: str) -> str:
        counts = (reader["heads"] if what == "heads" else reader["attributes"][what])["byToneGroup"][group]
        right = counts["found" if what == "heads" else "right"]
        return f"{group} ({100 * right / counts['n']:.1f} % of {counts['n']:,})"

    better: dict[tuple[str, str], list[str]] = {}
    for d in (reader.get("toneGroups") or {}).get("worse", []):
        better.setdefault((d["what"], d["worse"]), []).append(seen(d["what"], d["better"]))
    return [f"Its reader {'finds fewer heads' if what == 'heads' else f'is less often right about {what}'} on skin that is {seen(what, group)} "
            f"than on skin that is {' or '.join(others)}, beyond chance." for (what, group), others in better.items()]


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
