"""At which noise levels the denoiser decides who is drawn, and where it decides wrongly: `python -m training.where_decided` (needs pictures of the biased world).

Renderings whose captions name nobody's attributes are encoded, noised to a level and drawn from there without guidance. A denoiser that knows
the world keeps every share whatever the level, since the noised pictures have it; the level at which a share leaves the renderings' is the one that has not
learnt it (after SDEdit, Meng et al. 2022; the use is ours). `python -m training.what_is_known` says what it leaves unused there."""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from training import measurements
from training.choose_guidance import Drawer, Reader, Values
from training.data import Pictures
from training.models.schedule import make_scheduler
from training.paths import BIASED
from training.stages.latents import SIGNAL, encode_captions

PART, STEPS = 64, 16
LEVELS = (16, 13, 11, 9, 7, 5, 4, 3, 2, 1, 0)
"""Steps that are left out: 16 is the renderings through the autoencoder, 0 is drawing from noise alone."""


class Level:
    """The last `STEPS - start` steps of DDIM."""

    def __init__(self, start: int) -> None:
        scheduler = make_scheduler()
        scheduler.set_timesteps(STEPS)
        alphas = torch.cat([scheduler.alphas_cumprod[scheduler.timesteps], torch.ones(1)])
        self.start, self.times, self.a, self.s = start, scheduler.timesteps.tolist(), alphas.sqrt(), (1 - alphas).sqrt()
        self.signal = float("inf") if start == STEPS else SIGNAL * float(self.a[start] / self.s[start])

    def draw(self, drawer: Drawer, latent: Tensor, noise: Tensor, captions: list[str]) -> Tensor:
        """Scaled latents [B, 24, 16, 16] to pictures in 0..1."""
        a, s, rows = self.a, self.s, encode_captions(drawer.clip, captions)
        x = noise if self.start == 0 else a[self.start] * latent + s[self.start] * noise
        for i in range(self.start, STEPS):
            v = drawer.denoise(x, torch.full((len(x),), float(self.times[i])), rows)
            x = a[i + 1] * (a[i] * x - s[i] * v) + s[i + 1] * (s[i] * x + a[i] * v)
        return drawer.decode(x)


def mean(people: list[list[Values]], holds: Callable[[int, list[Values]], bool]) -> float:
    """Share of the pictures with anybody in them of which `holds`."""
    return float(np.mean([holds(i, p) for i, p in enumerate(people) if p]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=256, help="pictures of one person; half as many of groups")
    options = parser.parse_args()
    torch.manual_seed(0)
    drawer, reader, pictures = Drawer("denoiser"), Reader(), Pictures(BIASED)
    records = pictures.records
    alone, groups = pictures.silent()
    alone, groups = alone[:options.count], groups[:options.count // 2]
    both = alone + groups
    latents = drawer.encode(pictures.pictures(np.array(both)))
    noise = torch.randn_like(latents)
    rows = []
    for start in LEVELS:
        level, read = Level(start), []
        for k in range(0, len(both), PART):
            part = slice(k, k + PART)
            read += reader.read(level.draw(drawer, latents[part], noise[part], [records[i]["caption"] for i in both[part]]))
        one, many = read[:len(alone)], read[len(alone):]
        row = {"stepsLeft": STEPS - start, "signal": None if start == STEPS else level.signal}
        row |= {f"{k} {v}": mean(one, lambda _, p: p[0][k] == v) for k, v in (("gender", "man"), ("tone", "light"), ("age", "middle"), ("age", "old"))}
        row |= {f"{k} kept": mean(one, lambda i, p: p[0][k] == records[alone[i]]["people"][0][k]) for k in ("gender", "tone", "age")}
        row["homogeneous"] = mean(many, lambda _, p: len({(q["gender"], q["tone"]) for q in p}) == 1)
        rows.append(row)
        print(" ".join(f"{k}={v:.3g}" for k, v in row.items() if v is not None), flush=True)
    measurements.keep("where-decided", {"alone": len(alone), "groups": len(groups), "levels": rows})


if __name__ == "__main__":
    main()
