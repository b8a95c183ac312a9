"""How good is the reader? `python -m training.measure_reader` (after export): on the exported files, on fresh balanced renderings
that went through the autoencoder. Half of them set temperatures and thresholds, the other half give the figures."""

from __future__ import annotations

import argparse
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training import measurements
from training.data import Pictures
from training.models.reader import ATTRIBUTES, OFFSETS, Attribute
from training.paths import HELD_OUT, MODEL
from training.proportions import fisher, holm
from training.reading import ExportedPipeline, PeopleReader, Person

Array = NDArray[np.float32]
WANTED_ACCURACY = 0.99
"""A reading counts as clear from the probability on at which clear readings are right this often (on the calibration half)."""

LOWEST_THRESHOLD = {"gender": 0.9, "tone": 0.6, "age": 0.6, "glasses": 0.75, "cover": 0.6, "occupation": 0.6}
"""High for gender, since people drawn as neither woman nor man must end in the unclear band."""

BINS = 15
"""Of equal width, for the reliability diagram and the calibration error (Guo et al. 2017)."""
TONES = next(a.ids for a in ATTRIBUTES if a.id == "tone")
LEVEL = 0.05
"""Chance of calling any tone group worse than another where none is."""


def matched(people: list[Person], heads: Array) -> list[Person | None]:
    """For each true head the best-scored person whose box centre lies within half a head of its centre."""
    free = list(people)
    result: list[Person | None] = []
    for x, y, w, h in heads:
        near = [p for p in free if abs(p.box[0] + p.box[2] / 2 - x - w / 2) < w / 2 and abs(p.box[1] + p.box[3] / 2 - y - h / 2) < h / 2]
        best = max(near, key=lambda p: p.score, default=None)
        if best is not None:
            free.remove(best)
        result.append(best)
    return result


def softmax(logits: Array) -> Array:
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def best_temperature(logits: Array, truth: Array, without_value: Array) -> float:
    """The temperature with the smallest negative log-likelihood, by search on a grid (Guo et al. 2017).

    @param without_value logits [M, K] of people that have no true value (androgynous): even shares are right for them.
    """
    grid = np.exp(np.linspace(np.log(0.3), np.log(4), 60))
    loss = [-np.log(softmax(logits / t)[np.arange(len(truth)), truth] + 1e-9).sum() - np.log(softmax(without_value / t) + 1e-9).mean(1).sum() for t in grid]
    return float(round(grid[int(np.argmin(loss))], 3))


def threshold(chance: Array, truth: Array, lowest: float) -> float:
    """Smallest probability, from `lowest` in steps of 0.05, from which on clear readings reach WANTED_ACCURACY; 0.95 if none does."""
    top, right = chance.max(1), chance.argmax(1) == truth
    for t in np.arange(lowest, 0.96, 0.05):
        clear = top >= t
        if clear.any() and right[clear].mean() >= WANTED_ACCURACY:
            return float(round(t, 2))
    return 0.95


def reliability(chance: Array, truth: Array) -> list[dict[str, float]]:
    """People by the probability of their likeliest value: how probable it was on average, and how often it was right. Empty bins are left out."""
    top, right = chance.max(1), chance.argmax(1) == truth
    which = np.minimum((top * BINS).astype(int), BINS - 1)
    return [{"from": b / BINS, "to": (b + 1) / BINS, "n": int(inside.sum()), "predicted": float(top[inside].mean()), "observed": float(right[inside].mean())}
            for b in range(BINS) if (inside := which == b).any()]


def calibration_error(bins: list[dict[str, float]]) -> float:
    """Expected calibration error: mean distance of predicted and observed, each bin by its people."""
    return sum(b["n"] * abs(b["predicted"] - b["observed"]) for b in bins) / sum(b["n"] for b in bins)


def tone_differences(groups: dict[str, dict[str, tuple[int, int]]]) -> dict[str, Any]:
    """Where the reader is worse on one tone group than on another, beyond chance: every two groups by Fisher's test, Holm-corrected over all.

    @param groups what is counted (an attribute, "heads") to tone group to (right, n).
    """
    pairs = [(what, a, b) for what, by_tone in groups.items() for a, b in combinations(by_tone, 2)]
    ps = holm([fisher(*groups[what][a], *groups[what][b]) for what, a, b in pairs])
    worse = []
    for (what, a, b), p in zip(pairs, ps):
        if p <= LEVEL:
            low, high = sorted((a, b), key=lambda group: groups[what][group][0] / groups[what][group][1])
            worse.append({"what": what, "worse": low, "better": high, "p": p})
    return {"test": "Fisher's exact test of two shares, Holm-corrected", "level": LEVEL, "comparisons": len(pairs), "worse": worse}


class Reading:
    """Everything that was read on a set of pictures: matched logits, true values, counts of heads."""

    def __init__(self) -> None:
        self.logits: list[Array] = []
        self.truth: list[dict[str, Any]] = []
        self.heads = self.missed = self.false = self.heads_of_four = self.missed_of_four = self.pictures = self.count_right = 0
        self.found_by_tone = {tone: (0, 0) for tone in TONES}

    def add(self, people: list[Person], record: dict[str, Any]) -> None:
        truth = record["people"]
        pairs = matched(people, np.array([p["head"] for p in truth], np.float32))
        lost = sum(p is None for p in pairs)
        self.pictures, self.count_right = self.pictures + 1, self.count_right + (len(people) == len(truth))
        self.heads, self.missed = self.heads + len(truth), self.missed + lost
        self.false += len(people) - (len(truth) - lost)
        if len(truth) == 4:
            self.heads_of_four, self.missed_of_four = self.heads_of_four + 4, self.missed_of_four + lost
        for found, true in zip(pairs, truth):
            seen, n = self.found_by_tone[true["tone"]]
            self.found_by_tone[true["tone"]] = (seen + (found is not None), n + 1)
            if found is not None:
                self.logits.append(found.logits)
                self.truth.append(true)

    def of(self, a: Attribute) -> tuple[Array, Array, list[dict[str, Any]]]:
        """Logits [N, K], true indices [N] and people, without those that have no true value (androgynous for gender)."""
        kept = [i for i, t in enumerate(self.truth) if t[a.id] is not None]
        logits = np.stack([self.logits[i] for i in kept])[:, OFFSETS[a.id]:OFFSETS[a.id] + len(a.values)]
        return logits, np.array([a.ids.index(self.truth[i][a.id]) for i in kept]), [self.truth[i] for i in kept]

    def without_value(self, a: Attribute) -> Array:
        """Logits [M, K] of the people that have no true value of this attribute."""
        rows = [x[OFFSETS[a.id]:OFFSETS[a.id] + len(a.values)] for x, t in zip(self.logits, self.truth) if t[a.id] is None]
        return np.stack(rows) if rows else np.zeros((0, len(a.values)), np.float32)


def confusion(truth: Array, guess: Array, size: int) -> list[list[int]]:
    """How often each true value (row) was read as each value (column)."""
    counts = np.zeros((size, size), int)
    np.add.at(counts, (truth, guess), 1)
    return counts.tolist()


def figures(a: Attribute, reading: Reading, temperature: float, unclear: float) -> dict[str, Any]:
    logits, truth, people = reading.of(a)
    chance = softmax(logits / temperature)
    guess, clear = chance.argmax(1), chance.max(1) >= unclear
    nobody = reading.without_value(a)
    tone = np.array([p["tone"] for p in people])
    right, bins, size = guess == truth, reliability(chance, truth), len(a.values)
    extra = {"androgynous": {"n": len(nobody), "unclear": float((softmax(nobody / temperature).max(1) < unclear).mean())}} if len(nobody) else {}
    return extra | {
        "n": len(truth), "accuracy": float(right.mean()), "coverage": float(clear.mean()), "accuracyWhenClear": float(right[clear].mean()),
        "ece": calibration_error(bins), "reliability": bins, "confusion": confusion(truth, guess, size),
        "byToneGroup": {g: {"n": int(of.sum()), "right": int(right[of].sum()), "accuracy": float(right[of].mean()), "coverage": float(clear[of].mean()),
                            "confusion": confusion(truth[of], guess[of], size)} for g in TONES if (of := tone == g).any()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=6000)
    options = parser.parse_args()
    data, pipeline, reader = Pictures(HELD_OUT), ExportedPipeline(MODEL), PeopleReader(MODEL)
    halves, plain = (Reading(), Reading()), Reading()
    square = 0.0
    for start in range(0, options.pictures, 50):
        rows = np.arange(start, min(start + 50, options.pictures))
        true = data.pictures(rows).numpy().astype(np.float32) / 255
        decoded = pipeline.round_trip(true)
        square += float(np.square(true - decoded).mean()) * len(rows)
        for i, people in zip(rows, reader.read(decoded)):
            halves[0 if i < options.pictures // 2 else 1].add(people, data.records[i])
        if start < 1000:
            for i, people in zip(rows, reader.read(true)):
                plain.add(people, data.records[i])
    temperatures, unclear, measured = {}, {}, {}
    for a in ATTRIBUTES:
        logits, truth, _ = halves[0].of(a)
        temperatures[a.id] = best_temperature(logits, truth, halves[0].without_value(a))
        unclear[a.id] = threshold(softmax(logits / temperatures[a.id]), truth, LOWEST_THRESHOLD[a.id])
        measured[a.id] = figures(a, halves[1], temperatures[a.id], unclear[a.id])
        measured[a.id]["accuracyWithoutAutoencoder"] = figures(a, plain, temperatures[a.id], unclear[a.id])["accuracy"]
    test = halves[1]
    counted = {id_: {g: (q["right"], q["n"]) for g, q in m["byToneGroup"].items()} for id_, m in measured.items()}
    report = {
        "attributes": measured, "toneGroups": tone_differences(counted | {"heads": {g: found for g, found in test.found_by_tone.items() if found[1]}}),
        "heads": {"n": test.heads, "missed": test.missed / test.heads, "false": test.false / test.heads,
                  "nInPicturesOfFour": test.heads_of_four, "missedInPicturesOfFour": test.missed_of_four / test.heads_of_four,
                  "pictures": test.pictures, "countRight": test.count_right / test.pictures,
                  "byToneGroup": {g: {"n": n, "found": found} for g, (found, n) in test.found_by_tone.items()}},
        "autoencoderPsnr": -10 * float(np.log10(square / options.pictures)),
        "on": "fresh balanced renderings after the autoencoder, exported int8 files; rows of a confusion matrix are true values",
        "command": f"python -m training.measure_reader --pictures {options.pictures}",
    }
    out = {"temperature": temperatures, "unclearBelow": unclear, "heatThreshold": reader.config["heatThreshold"], "nmsIou": reader.config["nmsIou"], "measured": report}
    measurements.keep("reader", out)
    print({k: (round(v["accuracy"], 4), round(v["coverage"], 3), round(v["accuracyWhenClear"], 4), round(v["ece"], 4)) for k, v in measured.items()}, report["heads"], report["toneGroups"])


if __name__ == "__main__":
    main()
