"""What every variant of the embedded pipeline does alike: a budget, AdamW on a few parameters, checkpoints, a delta, pictures and figures."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from training import checkpoint
from training.data import sheet
from training.device import device
from training.paths import RUNS
from training.progress import Run
from training.prompts import OCCUPATIONS
from training.variants.embedded import Embedded, draw, figures_of
from training.variants.lora import Lora, save_delta
from training.whole import writing


@dataclass
class Adaptation:
    """One variant in training. `step` gives the terms to log by name, of which `loss` is minimised unless it already has gradients (`ready`)."""

    id: str
    parameters: list[nn.Parameter]
    step: Callable[[], dict[str, Tensor]]
    per_step: int
    """Training samples of a step."""
    lora: dict[str, Lora] = field(default_factory=dict)
    embeddings: Callable[[], dict[str, Tensor]] = dict
    ready: bool = False
    clip_value: float | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def arguments(doc: str | None, rate: float, samples: int) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--samples", type=int, default=samples)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--rate", type=float, default=rate)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--each", type=int, default=40, help="pictures per prompt for the figures")
    parser.add_argument("--log-every", type=float, default=15, help="seconds")
    return parser


def adapt(variant: Adaptation, options: argparse.Namespace, minutes: float | None = None) -> int | None:
    """Trains within the budget; goes on where the run's last checkpoint ended. Leaves delta.safetensors in training/runs/<id>.
    @returns how many samples it has seen, or None when a stop signal came."""
    folder = RUNS / variant.id
    run = Run(folder, options.samples, minutes or options.minutes)
    optimizer = torch.optim.AdamW(variant.parameters, options.rate, weight_decay=1e-2)
    if (state := checkpoint.load(folder / "last.pt")) is not None:
        with torch.no_grad():
            for p, value in zip(variant.parameters, state["parameters"], strict=True):
                p.copy_(value)
        optimizer.load_state_dict(state["optimizer"])
        run = Run(folder, options.samples, minutes or options.minutes, state["seen"], state["minutes"])
    torch.manual_seed(1000 * options.seed + run.seen)

    def save() -> None:
        checkpoint.save(folder / "last.pt", {"parameters": [p.detach().cpu() for p in variant.parameters], "optimizer": optimizer.state_dict(),
                                             "seen": run.seen, "minutes": run.used_minutes})
        facts = {"samples": run.seen, "minutes": round(run.used_minutes, 2), "seed": options.seed, "device": device().type, **variant.facts}
        save_delta(folder / "delta.safetensors", variant.lora, variant.embeddings(), json.dumps(facts))

    kept: list[dict[str, Tensor]] = []

    def log() -> None:
        if kept:
            run.log(**{name: float(torch.stack([terms[name] for terms in kept]).mean()) for name in kept[0]})
            kept.clear()

    while run.going:
        optimizer.zero_grad()
        terms = variant.step()
        if not variant.ready:
            terms["loss"].backward()
        if variant.clip_value is None:
            nn.utils.clip_grad_norm_(variant.parameters, 1.0)
        else:
            nn.utils.clip_grad_value_(variant.parameters, variant.clip_value)
        for group in optimizer.param_groups:
            group["lr"] = run.rate(options.rate, 20 * variant.per_step, 0.5)
        optimizer.step()
        run.seen += variant.per_step
        kept.append({name: value.detach() for name, value in terms.items()})
        if run.every("log", options.log_every):
            log()
            save()
    log()
    save()
    return None if run.stopped else run.seen


@torch.no_grad()
def measure(variant: Adaptation, pipeline: Embedded, each: int, told: Callable[[list[str]], Tensor] | None = None, seed: int = 70_000) -> list[dict[str, Any]]:
    """Figures of the twelve occupations' neutral prompts into figures.json, and sheet.png: base above, variant below, four seeds of each.
    @param told prompts to token ids where the variant's prompts differ from the base's."""
    jobs = [job for job in OCCUPATIONS for _ in range(each)]
    prompts = [f"a photo of {OCCUPATIONS[job]}" for job in jobs]
    now = draw(pipeline, (told or pipeline.ids)(prompts), pipeline.rows(pipeline.ids([""])), seed)
    for lora in variant.lora.values():
        lora.set_strength(0)
    then = draw(pipeline, pipeline.ids(prompts), pipeline.rows(pipeline.ids([""])), seed)
    for lora in variant.lora.values():
        lora.set_strength(1)
    figures = [{**f, "name": f"{f['name']} ({who})"} for who, mine in (("variant", now), ("base", then)) for f in figures_of(mine, then, pipeline, jobs)]
    with writing(RUNS / variant.id / "figures.json") as path:
        path.write_text(json.dumps(figures))
    some = min(each, 4)
    pairs = [pictures[k * each:k * each + some] * 2 - 1 for k in range(len(OCCUPATIONS)) for pictures in (then, now)]
    sheet(torch.cat([torch.cat(pairs[k:k + 2]) for k in range(0, len(pairs), 2)]), 4 * some, RUNS / variant.id / "sheet.png")
    for f in figures:
        print(f"{variant.id}: {f['name']} {f['value']} {f['interval']}", flush=True)
    return figures
