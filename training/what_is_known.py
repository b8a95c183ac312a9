"""What the denoiser knows of the people at every noise level, and what it leaves unused: `python -m training.what_is_known` (needs pictures of the biased
world and their latents; --committed for the committed weights, else the run's).

Renderings whose captions name nobody's attributes are noised and the denoiser's clean latents are read by the linear reading (models/linear_reading.py).
A perfect denoiser predicts the posterior mean, whose error correlates with nothing that can be seen in the noised latents (the orthogonality
principle). So what correlates all the same was left unused: the mean itself (a guess that is off), the noised reading of the same person, and that of
the others in a group. A flow that follows such guesses draws other shares than the world's. The use is ours."""

from __future__ import annotations

import argparse
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from training import measurements
from training.choose_guidance import Drawer
from training.data import Pictures
from training.device import device
from training.models.linear_reading import COLUMNS, LinearReading, fit, labels
from training.models.schedule import make_scheduler
from training.models.vae import CHANNELS
from training.paths import BIASED
from training.stages.denoiser import Latents
from training.stages.latents import SIGNAL, encode_captions

PART = 64
SIGNALS = (1, 0.55, 0.24, 0.12, 0.06, 0.03)
"""The latents' deviation as a multiple of the noise's."""
ATTRIBUTES = ("gender", "tone", "age")
TAUGHT = 20_000
"""So many pictures, or as many as there are latents, teach the reading, but for the last twentieth."""


class Knowledge(NamedTuple):
    """Of one attribute; each of the reading's columns counts by its variance."""

    unknown: float
    """Squared error, where 1 is the best constant guess of all."""
    off: tuple[float, ...]
    """For each value, mean error in standard deviations of its column over people."""
    own: float
    """Share used of what a person's noised reading tells linearly about the same person; 1 is all."""
    others: float
    """The same of what it tells about the others in the picture; NaN where people tell nothing of each other."""


def knowledge(guess: Tensor, truth: Tensor, seen: Tensor, there: Tensor) -> Knowledge:
    """@param guess, truth [B, P, K] readings of the predicted and of the clean latents. @param seen [B, P, K] reading of the noised ones over the
    share of the clean ones in them. @param there [B, P] whether anybody is there. @returns Knowledge of these columns."""
    def centred(x: Tensor) -> Tensor:
        return (x - x[there].mean(0)) * there[..., None]

    def pairs(x: Tensor, y: Tensor) -> Tensor:
        """Sum of x of one person times y of another over everybody's others."""
        return (x.sum(1) * y.sum(1) - (x * y).sum(1)).sum()

    error, spread = (guess - truth) * there[..., None], centred(truth).square().sum((0, 1))
    about = pairs(centred(truth), centred(truth))
    return Knowledge(float(error.square().sum() / spread.sum()), tuple((error[there].mean(0) / (spread / there.sum()).sqrt()).tolist()),
                     1 + float((centred(error) * centred(seen)).sum() / spread.sum()), 1 + float(pairs(centred(error), centred(seen)) / about))


def read_by(data: Latents, pictures: Pictures) -> LinearReading:
    """The linear map of scaled latents that tells people's attributes, fitted anew (seconds)."""
    most = min(TAUGHT, len(data.latents))
    size = -(-most // 20)
    parts = ((data.latents[k:k + size].cpu().float() * data.scale, pictures.heads[k:k + size], labels([p for r in pictures.records[k:k + size] for p in r["people"]]))
             for k in range(0, most, size))
    reading, told = fit(parts, CHANNELS)
    print("the reading tells, of the variance of", ", ".join(f"{name}: {share:.2f}" for name, share in told.items()), flush=True)
    return reading.to(device())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=256, help="pictures of one person, and of groups; the last of the data, which are held out where latents were made of fewer")
    parser.add_argument("--draws", type=int, default=4, help="of the noise, for every picture and level")
    parser.add_argument("--committed", action="store_true", help="the committed weights, even if there is a run")
    options = parser.parse_args()
    torch.manual_seed(0)
    drawer, data, pictures = Drawer("denoiser", options.committed), Latents(), Pictures(BIASED)
    records, reading = pictures.records, read_by(data, pictures)
    alone, groups = (which[::-1][:options.count] for which in pictures.silent())
    alphas, kept = make_scheduler().alphas_cumprod.to(device()), {}
    for name, which in (("alone", alone), ("groups", groups)):
        parts = [which[k:k + PART] for k in range(0, len(which), PART)]
        latents = drawer.encode(pictures.pictures(np.array(which))).split(PART)
        rows, heads = [encode_captions(drawer.clip, [records[i]["caption"] for i in p]) for p in parts], [pictures.heads[p].to(device()) for p in parts]
        truth, there = torch.cat([reading.of(z, h) for z, h in zip(latents, heads)]), torch.cat(heads)[..., 2] > 0
        kept[name] = []
        for signal in SIGNALS:
            t = int((alphas - 1 / (1 + (SIGNAL / signal) ** 2)).abs().argmin())
            a, s = alphas[t].sqrt(), (1 - alphas[t]).sqrt()
            guess, seen = [], []
            for _ in range(options.draws):
                for z, r, h in zip(latents, rows, heads):
                    x = a * z + s * torch.randn_like(z)
                    v = drawer.denoise(x, torch.full((len(x),), float(t), device=x.device), r)
                    guess.append(reading.of(a * x - s * v, h))
                    seen.append(reading.of(x, h) / a)
            every = torch.cat(guess), truth.repeat(options.draws, 1, 1), torch.cat(seen)
            row = {"signal": signal}
            for attribute in ATTRIBUTES:
                own = [k for k, (of, _) in enumerate(COLUMNS) if of == attribute]
                known = knowledge(*(x[..., own] for x in every), there.repeat(options.draws, 1))
                row[attribute] = known._asdict() | {"off": dict(zip([COLUMNS[k][1] for k in own], known.off))}
                print(f"{name}, signal {signal}, {attribute}: unknown {known.unknown:.3f}, used of the own {known.own:.2f}, of the others' {known.others:.2f}, off",
                      ", ".join(f"{v} {m:+.2f}" for v, m in row[attribute]["off"].items()), flush=True)
            kept[name].append(row)
    measurements.keep("what-is-known", {"seen": drawer.facts["seen"], "alone": len(alone), "groups": len(groups), "draws": options.draws, "levels": kept})


if __name__ == "__main__":
    main()
