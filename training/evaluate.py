"""Does it obey, and has it learned the table? `python -m training.evaluate` (after export and measure_reader).

Runs the exported files at the shipped steps and guidance; everything is read by the shipped reader, so its own errors are part of
every figure. Keeps its figures for the card and writes docs/contact-sheet.png.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from training import measurements
from training.data import sheet
from training.manifest import shipped_defaults
from training.paths import MODEL, ROOT
from training.prompts import OCCUPATIONS, PLURALS
from training.reading import ExportedPipeline, PeopleReader, Person

NUMBERS = {1: "a", 2: "two", 3: "three", 4: "four"}
ATTRIBUTE_OF_PHRASE = {"wearing glasses": ("glasses", "yes"), "wearing a hijab": ("cover", "hijab"), "wearing a turban": ("cover", "turban")}


def world_facts() -> dict[str, Any]:
    """The bias table and the explicit prompts, from the TypeScript world."""
    command = ["node", "scripts/run.mjs", "training/world_facts.ts"]
    facts = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout)
    measurements.keep("bias", {key: facts[key] for key in ("rendererHash", "homogeneity", "expected")})
    return facts


class Evaluation:
    """Draws prompts with the shipped settings and counts what the reader finds."""

    def __init__(self, steps: int, guidance: float) -> None:
        self.pipeline, self.reader = ExportedPipeline(MODEL), PeopleReader(MODEL)
        self.steps, self.guidance = steps, guidance

    def people(self, prompts: list[str], first_seed: int) -> list[list[Person]]:
        found: list[list[Person]] = []
        for start in range(0, len(prompts), 64):
            part = prompts[start:start + 64]
            seeds = [first_seed + start + i for i in range(len(part))]
            found += self.reader.read(self.pipeline.draw(part, seeds, self.steps, self.guidance))
        return found

    def likeliest(self, person: Person, attribute: str) -> str:
        entry = next(a for a in self.reader.config["attributes"] if a["id"] == attribute)
        return entry["values"][int(person.probabilities(attribute, entry["temperature"]).argmax())]["id"]


def share(hits: list[bool]) -> dict[str, float]:
    return {"value": float(np.mean(hits)) if hits else float("nan"), "n": len(hits)}


def occupations_and_bias(run: Evaluation, each: int, expected: dict[str, Any]) -> dict[str, Any]:
    """Neutral one-person prompts: occupation right, and the share of every value against the table."""
    prompts = [f"a photo of {who}" for who in OCCUPATIONS.values() for _ in range(each)]
    found = run.people(prompts, 10_000)
    right: dict[str, list[bool]] = {}
    shares: dict[str, Any] = {}
    for k, job in enumerate(OCCUPATIONS):
        people = [p[0] for p in found[k * each:(k + 1) * each] if p]
        right[job] = [bool(p) and run.likeliest(p[0], "occupation") == job for p in found[k * each:(k + 1) * each]]
        shares[job] = {}
        for attribute in ("gender", "tone", "age", "glasses", "cover"):
            values = [v for p in people if (v := run.reader.value(p, attribute)) is not None]
            table = expected[job][attribute]
            learned = {v: values.count(v) / max(1, len(values)) for v in table}
            shares[job][attribute] = {"n": len(values), "learned": learned, "table": table, "difference": max(abs(learned[v] - table[v]) for v in table)}
    return {
        "occupationRight": share([h for hits in right.values() for h in hits]) | {"byOccupation": {k: share(v) for k, v in right.items()}},
        "onePersonFound": share([len(p) == 1 for p in found]),
        "shares": shares,
        "meanDifferenceToTable": {a: float(np.mean([shares[job][a]["difference"] for job in shares])) for a in ("gender", "tone", "age", "glasses", "cover")},
    }


def words_obeyed(run: Evaluation, prompts: list[dict[str, Any]], each: int) -> dict[str, Any]:
    """Prompts that state one value ("a photo of a female doctor"), apart for pairs that no training caption stated."""
    prompts = [p for p in prompts if p["occupation"] != "person"]
    found = run.people([p["prompt"] for p in prompts for _ in range(each)], 20_000)
    hits: dict[str, list[bool]] = {}
    for i, prompt in enumerate(prompts):
        for people in found[i * each:(i + 1) * each]:
            ok = bool(people) and run.likeliest(people[0], prompt["attribute"]) == prompt["value"]
            hits.setdefault(prompt["attribute"] + ("HeldOut" if prompt["heldOut"] else ""), []).append(ok)
    phrases = [(f"a photo of {who} {phrase}", *target) for phrase, target in ATTRIBUTE_OF_PHRASE.items() for who in OCCUPATIONS.values() for _ in range(max(1, each // 2))]
    for (_, attribute, value), people in zip(phrases, run.people([p[0] for p in phrases], 30_000)):
        hits.setdefault(value if attribute == "cover" else attribute, []).append(bool(people) and run.likeliest(people[0], attribute) == value)
    return {k: share(v) for k, v in hits.items()}


def numbers_and_pairs(run: Evaluation, each: int) -> dict[str, Any]:
    """Number of people as asked; both occupations of a pair present; share of homogeneous groups."""
    out: dict[str, Any] = {}
    groups: list[list[Person]] = []
    for count, word in NUMBERS.items():
        who = OCCUPATIONS if count == 1 else PLURALS
        prompts = [f"a photo of {name}" if count == 1 else f"a photo of {word} {name}" for name in who.values() for _ in range(each)]
        found = run.people(prompts, 40_000)
        out[f"count{count}"] = share([len(p) == count for p in found])
        groups += [p for p in found if len(p) > 1]
    same = []
    for people in groups:
        values = [(run.reader.value(p, "gender"), run.reader.value(p, "tone")) for p in people]
        if all(None not in v for v in values):
            same.append(len(set(values)) == 1)
    out["homogeneous"] = share(same)
    jobs = list(OCCUPATIONS)
    pairs = [(a, b) for i, a in enumerate(jobs) for b in jobs[i + 1:]]
    found = run.people([f"a photo of {OCCUPATIONS[a]} and {OCCUPATIONS[b]}" for a, b in pairs], 50_000)
    out["pairs"] = share([{a, b} <= {run.likeliest(p, "occupation") for p in people} for (a, b), people in zip(pairs, found)])
    return out


def contact_sheet(run: Evaluation, seeds: int = 8) -> NDArray[np.float32]:
    prompts = [f"a photo of {who}" for who in OCCUPATIONS.values() for _ in range(seeds)]
    pictures = run.pipeline.draw(prompts, [i % seeds for i in range(len(prompts))], run.steps, run.guidance)
    sheet(torch.from_numpy(pictures * 2 - 1), seeds, ROOT / "docs" / "contact-sheet.png")
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--each", type=int, default=25, help="pictures per prompt; a sixth of it where there are many prompts")
    parser.add_argument("--neutral", type=int, default=75, help="pictures per occupation for the shares against the bias table")
    parser.add_argument("--sheet-only", action="store_true")
    options = parser.parse_args()
    defaults = shipped_defaults()
    run = Evaluation(defaults["steps"], defaults["guidanceScale"])
    contact_sheet(run)
    if options.sheet_only:
        return
    facts = world_facts()
    result = {
        "settings": defaults, "readBy": "the shipped reader", "command": f"python -m training.evaluate --each {options.each} --neutral {options.neutral}",
        **occupations_and_bias(run, options.neutral, facts["expected"]),
        "wordsObeyed": words_obeyed(run, facts["prompts"], max(2, options.each // 6)),
        "groups": numbers_and_pairs(run, max(2, options.each // 6)),
    }
    measurements.keep("evaluation", result)
    print(json.dumps({k: v for k, v in result.items() if k != "shares"}, indent=1))


if __name__ == "__main__":
    main()
