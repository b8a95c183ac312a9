"""From what the sweeps measured to bench/results/ddm.json, plots and the tables of docs/ddm.md: `python -m training.variants.report`."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
import numpy as np  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402

from training.paths import ROOT, RUNS  # noqa: E402
from training.variants.ddm import Setting  # noqa: E402
from training.variants.fairness import Array, RESAMPLES, fd, fd_floor, spd_floor  # noqa: E402
from training.variants.publish import CARDS  # noqa: E402
from training.whole import writing  # noqa: E402

SWEEP = "python -m training.variants.ddm --base-batch 64 --samples 96000 --batch 64"
COMMAND = (f"{SWEEP} --data digits --base-samples 384000 && {SWEEP} --data people --base-samples 800000 --count 300 && python -m training.variants.ddm_lora --count 300 && "
           "python -m training.variants.report")
TITLES = {"digits-01": "digits, nine 0 for a 1", "digits-78": "digits, nine 7 for an 8", "gender": "people, nine men for a woman",
          "tone": "people, nine light or tan for a brown or dark one"}
CURVES = (("ddm", "given", "C0", "-"), ("ddm", "pseudo", "C0", ":"), ("ddm-adv", "given", "C3", "-"), ("ddm-adv", "pseudo", "C3", ":"))
READABLE = 30
"""A model of whose pictures fewer are read clearly has no FD."""
TRAINED = fd([0.9, 0.1])
"""FD of the pictures that were learnt from."""


@dataclass
class Drawn:
    """What one model drew: per picture the chance of the minority's class, whether it was read clearly; `right`: of pictures with a class, in order."""

    chance: Array
    clear: Array
    right: Array
    frechet: float

    def fd(self, rows: Array | slice = slice(None)) -> float:
        """Hard: shares of clearly read pictures; NaN where fewer than READABLE are."""
        clear = self.clear[rows]
        if clear.sum() < READABLE:
            return float("nan")
        minority = (self.chance[rows] > 0.5)[clear].mean()
        return fd([1 - minority, minority])

    def spd(self, first: Array | slice = slice(None), second: Array | slice = slice(None)) -> float:
        half = len(self.right) // 2
        return float(abs(self.right[:half][first].mean() - self.right[half:][second].mean()))


def load(name: str) -> tuple[dict[Setting, Drawn], dict[str, Any]]:
    with np.load(RUNS / name / "readings.npz") as file:
        settings = [Setting(**s) for s in json.loads(str(file["settings"]))]
        chance, clear, asked, sure, frechet = (file[k] for k in ("chance", "clear", "asked-chance", "asked-clear", "frechet"))
        wanted = np.arange(asked.shape[1]) >= asked.shape[1] // 2
        right = ((asked[:, :, 1] > 0.5) == wanted) & sure  # what cannot be read is not what was asked for
        return ({s: Drawn(chance[k, :, 1].astype(float), clear[k], right[k].astype(float), float(frechet[k])) for k, s in enumerate(settings)},
                json.loads(str(file["facts"])))


def resampled(models: list[Drawn], bases: list[Drawn] | None, random: np.random.Generator) -> dict[str, tuple[float, float]]:
    """95 % intervals of FD and SPD, means over training seeds, and of FD's change from the base: seeds are resampled, then pictures (the same ones of both)."""
    fds, spds, changes = np.empty(RESAMPLES), np.empty(RESAMPLES), np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        a, b, c = [], [], []
        for s in random.integers(0, len(models), len(models)):
            rows = random.integers(0, len(models[s].chance), len(models[s].chance))
            half = len(models[s].right) // 2
            a.append(models[s].fd(rows))
            b.append(models[s].spd(random.integers(0, half, half), random.integers(0, half, half)))
            c.append(a[-1] - bases[s].fd(rows) if bases else 0.0)
        fds[k], spds[k], changes[k] = np.mean(a), np.mean(b), np.mean(c)
    return {name: (float(np.percentile(x, 2.5)), float(np.percentile(x, 97.5))) for name, x in (("fd", fds), ("spd", spds), ("change", changes))}


@dataclass
class Row:
    """One strength of one form, over its seeds."""

    world: str
    form: str
    labels: str
    alpha: float
    drawn: list[Drawn]
    bounds: dict[str, tuple[float, float]]
    change: float

    def mean(self, what: str) -> float:
        return float(np.mean([getattr(d, what)() if callable(getattr(d, what)) else getattr(d, what) for d in self.drawn]))

    @property
    def readable(self) -> bool:
        """Whether every seed's FD can be told, in the resamples too."""
        return bool(np.isfinite([*self.bounds["fd"], *self.bounds["change"]]).all())

    def minority(self) -> float:
        return float(np.mean([(d.chance > 0.5)[d.clear].mean() for d in self.drawn]))

    def coverage(self) -> float:
        return float(np.mean([d.clear.mean() for d in self.drawn]))

    def right(self) -> tuple[float, float]:
        halves = [np.split(d.right, 2) for d in self.drawn]
        return float(np.mean([a.mean() for a, _ in halves])), float(np.mean([b.mean() for _, b in halves]))


def rows_of(models: dict[Setting, Drawn]) -> list[Row]:
    random, out = np.random.default_rng(0), []
    for world, form, labels, alpha in dict.fromkeys((s.world, s.form, s.labels, s.alpha) for s in models):
        seeds = [s.seed for s in models if (s.world, s.form, s.labels, s.alpha) == (world, form, labels, alpha)]
        drawn = [models[Setting(world, form, labels, alpha, seed)] for seed in seeds]
        bases = [models[Setting(world, "base", "given", 0.0, seed)] for seed in seeds]
        change = float(np.mean([d.fd() - b.fd() for d, b in zip(drawn, bases)]))
        out.append(Row(world, form, labels, alpha, drawn, resampled(drawn, None if form == "base" else bases, random), change))
    return out


def figure(name: str, value: float, n: int, interval: tuple[float, float]) -> dict[str, Any]:
    short = lambda x: float(f"{x:.4g}")  # noqa: E731
    return {"name": name, "value": short(value), "n": n, "interval": [short(x) for x in interval], "target": None, "ok": True}


def figures_of(rows: list[Row]) -> list[dict[str, Any]]:
    out = []
    for row in rows:
        name = f"{row.world}, {row.form} {row.alpha:g}" + ("" if row.form == "base" else f", {row.labels} labels")
        n = sum(len(d.chance) for d in row.drawn)
        clear = int(np.mean([d.clear.sum() for d in row.drawn]))
        half = len(row.drawn[0].right) // 2
        out.append(figure(f"{name}: SPD", row.mean("spd"), n, row.bounds["spd"]))
        if row.readable:
            out.append(figure(f"{name}: FD", row.mean("fd"), n, row.bounds["fd"]))
        if row.form != "base" and row.readable:
            out.append(figure(f"{name}: change of FD from base", row.change, n, row.bounds["change"]))
        quality = [d.frechet for d in row.drawn]
        out += [figure(f"{name}: Fréchet distance", float(np.mean(quality)), n, (min(quality), max(quality))),
                figure(f"{name}: read clearly", row.coverage(), n, (min(d.clear.mean() for d in row.drawn), max(d.clear.mean() for d in row.drawn)))]
        if row.form == "base":
            out += [figure(f"{row.world}: floor of FD", fd_floor(clear), clear, (fd_floor(clear),) * 2),
                    figure(f"{row.world}: floor of SPD", spd_floor(half, float(np.mean(row.right()))), half, (spd_floor(half, float(np.mean(row.right()))),) * 2)]
    return out


def table(rows: list[Row], floor: float) -> str:
    lines = ["| form | labels | alpha | share of the minority | FD | its change from base | SPD | right: majority / minority asked | Fréchet distance (seeds) | read clearly |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in rows:
        q = [d.frechet for d in row.drawn]
        low, high = row.bounds["change"]
        change = "" if row.form == "base" or not row.readable else f"{row.change:+.3f} [{low:+.3f}, {high:+.3f}]"
        change = f"**{change}**" if change and (high < 0 or low > 0) else change
        unfair = f"{row.minority():.3f} | {row.mean('fd'):.3f} [{row.bounds['fd'][0]:.3f}, {row.bounds['fd'][1]:.3f}]" if row.readable else " | too few are read"
        lines.append(f"| {row.form} | {'' if row.form == 'base' else row.labels} | {row.alpha:g} | {unfair} | {change} | {row.mean('spd'):.3f} [{row.bounds['spd'][0]:.3f}, {row.bounds['spd'][1]:.3f}] | {row.right()[0]:.3f} / {row.right()[1]:.3f} | "
                     f"{np.mean(q):.2f} ({min(q):.2f} to {max(q):.2f}) | {row.coverage():.3f} |")
    n = int(np.mean([d.clear.sum() for d in rows[0].drawn]))
    half = len(rows[0].drawn[0].right) // 2
    lines.append(f"\nFloors: FD {fd_floor(n):.3f} ({n} clearly read pictures), SPD {spd_floor(half, float(np.mean(rows[0].right()))):.3f} (2 x {half}), Fréchet distance {floor:.2f}. "
                 f"FD of the training pictures: {TRAINED:.3f}.")
    return "\n".join(lines)


def plot(rows: list[Row], facts: dict[str, Any], path: Path) -> None:
    """A row per world: FD, SPD and Fréchet distance over alpha, and FD against Fréchet distance."""
    worlds = list(dict.fromkeys(row.world for row in rows))
    alphas = sorted({row.alpha for row in rows})
    canvas, axes = plt.subplots(len(worlds), 4, figsize=(17, 4 * len(worlds)), squeeze=False)
    for line, world in zip(axes, worlds):
        mine = [row for row in rows if row.world == world]
        base = next(row for row in mine if row.form == "base")
        n, half = int(np.mean([d.clear.sum() for d in base.drawn])), len(base.drawn[0].right) // 2
        floors = (fd_floor(n), spd_floor(half, float(np.mean(base.right()))), facts["frechet-floor"][world])
        for shift, (form, labels, colour, style) in enumerate(CURVES):
            curve = [base, *sorted((r for r in mine if (r.form, r.labels) == (form, labels)), key=lambda r: r.alpha)]
            x = np.array([alphas.index(r.alpha) for r in curve]) + 0.06 * (shift - 1.5)
            name = f"{form}, {labels} labels"
            quality = [[d.frechet for d in r.drawn] for r in curve]
            means = [np.mean(q) for q in quality]
            for axis, what in ((line[0], "fd"), (line[1], "spd")):
                y = np.array([r.mean(what) for r in curve])
                bounds = np.array([r.bounds[what] for r in curve]).T
                axis.errorbar(x, y, np.maximum(np.abs(bounds - y), 0), color=colour, ls=style, marker="o", ms=3, capsize=2, label=name)
            line[2].errorbar(x, means, [[m - min(q) for m, q in zip(means, quality)], [max(q) - m for m, q in zip(means, quality)]], color=colour, ls=style, marker="o", ms=3, capsize=2)
            line[3].plot(means, [r.mean("fd") for r in curve], color=colour, ls=style, marker="o", ms=4)
            line[3].annotate("0.2", (means[-1], curve[-1].mean("fd")), fontsize=7, color=colour)
        for axis, title, floor in zip(line, ("FD without a class", "SPD, class asked for", "Fréchet distance (seeds: range)"), floors):
            axis.axhspan(0, floor, color="0.9")
            axis.set_title(f"{TITLES.get(world, world)}\n{title}", fontsize=9)
            axis.set_xticks(range(len(alphas)), [f"{a:g}" for a in alphas])
            axis.set_xlabel("alpha")
            axis.set_ylim(bottom=0)
        line[0].axhline(TRAINED, color="0.5", lw=0.8, ls="--")
        line[0].legend(fontsize=7)
        line[3].set_title(f"{TITLES.get(world, world)}\nfairness against quality: lower left is better", fontsize=9)
        line[3].set_xlabel("Fréchet distance")
        line[3].set_ylabel("FD")
        line[3].axhspan(0, floors[0], color="0.9")
    for axis in axes.flat:
        axis.grid(alpha=0.3)
    canvas.tight_layout()
    canvas.savefig(path, dpi=75)
    plt.close(canvas)


def kept_figures(id: str) -> list[dict[str, Any]]:
    """What the run of a variant measured, or nothing."""
    path = RUNS / id / "figures.json"
    return json.loads(path.read_text()) if path.exists() else []


def said(figure: dict[str, Any] | None) -> str:
    return "" if figure is None else f"{figure['value']:.3f} [{figure['interval'][0]:.3f}, {figure['interval'][1]:.3f}]"


def lora_table(ids: list[str]) -> str:
    """DDM as LoRA of the embedded pipeline."""
    names = ("FD gender, a photo of a person", "SPD gender, man asked for against woman", "asked and read: man", "asked and read: woman")
    lines = ["| variant | FD, \"a photo of a person\" | SPD, man against woman | asked and read: man | woman |", "| --- | --- | --- | --- | --- |"]
    floors = []
    for id in ids:
        found = {f["name"]: f for f in kept_figures(id)}
        if found:
            lines.append(f"| `{id}` | " + " | ".join(said(found.get(name)) for name in names) + " |")
            floors.append(found["floor of FD"])
    return "\n".join([*lines, f"\nFloor of FD: {floors[0]['value']:.3f} ({floors[0]['n']} pictures)." if floors else ""])


def others_table(ids: list[str]) -> str:
    """Variants of all occupations, each beside the base with the same seeds."""
    names = ("FD gender, mean over prompts", "FD tone, mean over prompts", "FD age, mean over prompts", "occupation right", "CLIP-I to the base's pictures")
    lines = ["| variant | FD gender | FD tone | FD age | occupation right | CLIP-I to base |", "| --- | --- | --- | --- | --- | --- |"]
    for id in ids:
        found = {f["name"]: f for f in kept_figures(id)}
        for who, label in (("variant", f"`{id}`"), ("base", "its base")):
            if found:
                lines.append(f"| {label} | " + " | ".join(said(found.get(f"{name} ({who})")) for name in names) + " |")
    return "\n".join(lines)


def fill(path: Path, name: str, text: str) -> None:
    """Replaces what stands between <!-- name --> and <!-- /name -->. @raises SystemExit when the marks are missing."""
    before = path.read_text()
    after, count = re.subn(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", lambda m: f"{m[1]}\n{text}\n\n{m[2]}", before, flags=re.S)
    if count != 1:
        raise SystemExit(f"{path} needs <!-- {name} --> and <!-- /{name} --> once.")
    path.write_text(after)


def main() -> None:
    figures: list[dict[str, Any]] = []
    facts: dict[str, Any] = {}
    document = ROOT / "docs" / "ddm.md"
    for data in ("digits", "people"):
        if not (RUNS / f"ddm-{data}" / "readings.npz").exists():
            print(f"{data}: no readings, left as they were")
            continue
        models, facts[data] = load(f"ddm-{data}")
        rows = rows_of(models)
        figures += figures_of(rows)
        plot(rows, facts[data], ROOT / "docs" / f"ddm-{data}.png")
        for world in dict.fromkeys(row.world for row in rows):
            fill(document, world, table([row for row in rows if row.world == world], facts[data]["frechet-floor"][world]))
    lora, others = ([id for id, card in CARDS.items() if card["method"].startswith("ddm") == of_ddm and kept_figures(id)] for of_ddm in (True, False))
    if lora:
        fill(document, "lora", lora_table(lora))
    if others:
        fill(document, "others", others_table(others))
    figures += [{**f, "name": f"{id}: {f['name']}"} for id in [*lora, *others] for f in kept_figures(id)]
    report = {"command": COMMAND, "commit": subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip(),
              "date": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
              "machine": {"cpu": platform.processor() or platform.machine(), "cores": len(os.sched_getaffinity(0)), "python": platform.python_version()},
              "figures": figures, "facts": facts}
    with writing(ROOT / "bench" / "results" / "ddm.json") as path:
        path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n")
    print(f"{len(figures)} figures")


if __name__ == "__main__":
    main()
