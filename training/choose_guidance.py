"""Which guidance the pipeline should ship with: `python -m training.choose_guidance` (after the denoiser). Draws with the torch weights
at several scales, reads with the independent reader, and keeps the scale that misses the targets by least as the default of the manifest."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training import measurements, weights
from training.data import signed
from training.device import autocast, device, quick
from training.evaluate import ATTRIBUTE_OF_PHRASE, NUMBERS, world_facts
from training.manifest import shipped_defaults
from training.models.reader import decode_boxes
from training.models.unet import make_unet
from training.models.vae import CHANNELS
from training.onnx_tools import session
from training.paths import ROOT
from training.prompts import OCCUPATIONS, PLURALS
from training.reading import Array, overlap
from training.sampling import ddim, denoiser_of, starting_noise
from training.stages.latents import encode_captions, load_frozen

READER = ROOT / "bench" / "model" / "independent-reader"
PART = 256
TARGETS = {"occupation": 0.98, "gender": 0.95, "tone": 0.95, "age": 0.9, "glasses": 0.9, "hijab": 0.9, "held out": 0.85, "count": 0.95, "pairs": 0.9}
"""At least; shares may differ by 0.05 from the table, and homogeneous groups by 0.07 (npm run eval:model)."""
Values = dict[str, str]


class Reader:
    """The independent reader's most probable values of everybody in a picture."""

    def __init__(self) -> None:
        self.config = json.loads(READER.with_suffix(".json").read_text())
        self._session = session(READER.with_suffix(".onnx"))

    def read(self, pictures: Tensor) -> list[list[Values]]:
        """@param pictures [B, 3, 128, 128] in 0..1."""
        return [[values for _, values in people] for people in self.find(pictures)]

    def find(self, pictures: Tensor) -> list[list[tuple[Array, Values]]]:
        """The same with each person's box (x, y, w, h in px)."""
        return [people for part in pictures.split(PART) for people in self._find(part)]

    def _find(self, pictures: Tensor) -> list[list[tuple[Array, Values]]]:
        heat, box, logits = self._session.run(["heat", "box", "attributes"], {self._session.get_inputs()[0].name: pictures.numpy()})
        chance = torch.from_numpy(heat[:, 0]).sigmoid()
        peak = (chance >= torch.nn.functional.max_pool2d(chance[:, None], 3, 1, 1)[:, 0]) & (chance > self.config["heatThreshold"])
        boxes = decode_boxes(torch.from_numpy(box)).numpy()
        everybody: list[list[tuple[Array, Values]]] = []
        for i in range(len(pictures)):
            cells = sorted(torch.nonzero(peak[i]).tolist(), key=lambda c: -float(chance[i, c[0], c[1]]))
            kept: list[list[int]] = []
            for r, c in cells:
                if all(overlap(boxes[i, :, r, c], boxes[i, :, a, b]) <= self.config["nmsIou"] for a, b in kept):
                    kept.append([r, c])
            everybody.append([(boxes[i, :, r, c], {a["id"]: a["values"][int(logits[i, a["offset"]:a["offset"] + len(a["values"]), r, c].argmax())]["id"]
                                                   for a in self.config["attributes"]}) for r, c in kept])
        return everybody


def asked(facts: dict[str, Any], each: int) -> list[tuple[str, str, Any]]:
    """(group, prompt, what must be) for every picture to draw."""
    some = max(1, each // 16)
    out: list[tuple[str, str, Any]] = [("neutral", f"a photo of {who}", job) for job, who in OCCUPATIONS.items() for _ in range(each)]
    for p in facts["prompts"]:
        if p["occupation"] != "person":
            out += [("held out" if p["heldOut"] else p["attribute"], p["prompt"], (p["attribute"], p["value"]))] * some * (4 if p["heldOut"] else 1)
    for phrase, (attribute, value) in ATTRIBUTE_OF_PHRASE.items():
        if value != "turban":
            out += [("hijab" if attribute == "cover" else attribute, f"a photo of {who} {phrase}", (attribute, value)) for who in OCCUPATIONS.values()] * some
    for count, word in NUMBERS.items():
        if count > 1:
            out += [("count", f"a photo of {word} {who}", count) for who in PLURALS.values() for _ in range(2 * some)]
    jobs = list(OCCUPATIONS)
    out += [("pairs", f"a photo of {OCCUPATIONS[a]} and {OCCUPATIONS[b]}", {a, b}) for i, a in enumerate(jobs) for b in jobs[i + 1:] for _ in range(some)]
    return out


def measure(wanted: list[tuple[str, str, Any]], read: list[list[Values]], expected: dict[str, Any]) -> dict[str, float]:
    """The figures of npm run eval:model, on fewer pictures."""
    hits: dict[str, list[bool]] = {}
    found: dict[str, list[Values]] = {}
    same: list[bool] = []
    for (group, _, must), people in zip(wanted, read):
        if group == "neutral":
            found.setdefault(must, []).extend(people)
            ok = bool(people) and all(p["occupation"] == must for p in people)
        elif group == "count":
            ok = len(people) == must
            if len(people) > 1:
                same.append(len({(p["gender"], p["tone"]) for p in people}) == 1)
        elif group == "pairs":
            ok = must <= {p["occupation"] for p in people}
        else:
            ok = bool(people) and all(p[must[0]] == must[1] for p in people)
        hits.setdefault("occupation" if group == "neutral" else group, []).append(ok)
    figures = {group: float(np.mean(ok)) for group, ok in hits.items()} | {"homogeneous": float(np.mean(same)) if same else 0.0}
    for attribute in ("gender", "tone", "age"):
        differences = []
        for job, people in found.items():
            table = expected[job][attribute]
            values = [p[attribute] for p in people if p[attribute] in table]
            differences += [abs(values.count(v) / max(1, len(values)) - share) for v, share in table.items()]
        figures[f"{attribute} shares off by"] = float(np.mean(differences))
    return figures


def shortfall(figures: dict[str, float], homogeneity: float) -> float:
    """Sum of what is missing to every target; 0 when all are met."""
    missed = [max(0.0, least - figures[name]) for name, least in TARGETS.items() if name in figures]
    missed += [max(0.0, figures[name] - 0.05) for name in figures if name.endswith("off by")]
    return sum(missed) + max(0.0, abs(figures["homogeneous"] - homogeneity) - 0.07)


class Drawer:
    """Draws prompts with the denoiser of a stage."""

    def __init__(self, stage: str, committed: bool = False) -> None:
        found = weights.find(stage, committed)
        if found is None:
            raise SystemExit(f"There is no {stage} yet: run python -m training.stages.denoiser first.")
        unet = make_unet()
        unet.load_state_dict(found[0])
        self.denoise = denoiser_of(quick(unet.to(device()).eval()))
        self.facts = found[1]
        self.scale = self.facts["scaling_factor"]
        self.vae, self.clip = load_frozen()
        self.empty = encode_captions(self.clip, [""])

    @torch.no_grad()
    def encode(self, pictures: Tensor) -> Tensor:
        """uint8 [B, 3, 128, 128] to scaled latents [B, 24, 16, 16]."""
        with autocast():
            return torch.cat([self.vae.encoder(signed(part).to(device())).float() for part in pictures.split(PART)]) * self.scale

    @torch.no_grad()
    def decode(self, latent: Tensor) -> Tensor:
        """Scaled latents to pictures in 0..1, in the CPU's memory."""
        with autocast():
            decoded = torch.cat([self.vae.decoder(part / self.scale).float().cpu() for part in latent.split(PART)])
        return (decoded * 0.5 + 0.5).clamp(0, 1)

    def draw(self, prompts: list[str], steps: int, guidance: float) -> Tensor:
        """[N, 3, 128, 128] in 0..1; the k-th picture has the seed 60000 + k."""
        out = []
        for start in range(0, len(prompts), PART):
            part = prompts[start:start + PART]
            filled = part + [part[-1]] * (PART - len(part))  # one shape, compiled once
            noise = starting_noise([60_000 + start + i for i in range(PART)], (CHANNELS, 16, 16)).to(device())
            latent = ddim(self.denoise, noise, encode_captions(self.clip, filled), self.empty, steps, guidance)
            out.append(self.decode(latent)[:len(part)])
        return torch.cat(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stage", default="denoiser")
    parser.add_argument("--steps", type=int, nargs="+", default=[16])
    parser.add_argument("--scales", type=float, nargs="+", default=[1.0, 1.3, 1.6, 2.0, 2.5])
    parser.add_argument("--each", type=int, default=64, help="neutral pictures per occupation; a sixteenth of it per explicit prompt")
    parser.add_argument("--facts", type=Path, default=None, help="what training/world_facts.ts printed, for a machine without Node")
    parser.add_argument("--look-only", action="store_true", help="print, and keep no default")
    options = parser.parse_args()
    facts = json.loads(options.facts.read_text()) if options.facts else world_facts()
    drawer, reader, wanted = Drawer(options.stage), Reader(), asked(facts, options.each)
    rows = []
    for steps in options.steps:
        for scale in options.scales:
            pictures = drawer.draw([prompt for _, prompt, _ in wanted], steps, scale)
            figures = measure(wanted, reader.read(pictures), facts["expected"])
            rows.append({"steps": steps, "guidanceScale": scale, "shortfall": shortfall(figures, facts["homogeneity"]), **figures})
            print(" ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in rows[-1].items()), flush=True)
    if options.look_only:
        return
    best = min(rows, key=lambda row: row["shortfall"])
    measurements.keep("guidance", {"rows": rows, "n": len(wanted), "readBy": "the independent reader"})
    measurements.keep("defaults", shipped_defaults() | {"steps": best["steps"], "guidanceScale": best["guidanceScale"]})
    print(f"kept: {best['steps']} steps, guidance {best['guidanceScale']:g}")


if __name__ == "__main__":
    main()
