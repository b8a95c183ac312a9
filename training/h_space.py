"""Whether the embedded model's mid-block can carry an attribute at all: `python -m training.h_space` learns Li et al.'s vectors as they do, by gradient, and counts what
they turn. (CVPR 2024, arXiv 2311.17216: one vector [C] added to every pixel of the mid-block's output, least error of a neutral prompt on
pictures of the value that the model drew itself.) The studio's method takes a mean difference instead (workers/methods/h-space), since no gradient reaches a UNet in the page.

Ours: 200 pictures a value (theirs 1,000), 600 updates of 16 with Adam at 0.1, error weighted over noise levels as the denoiser learnt. About 12 minutes on one core.
"""

from __future__ import annotations

import argparse

import torch
from torch import Tensor, nn

from training.device import device
from training.models.vae import CHANNELS
from training.sampling import starting_noise
from training.variants.embedded import Embedded, draw, predict
from training.variants.people_reader import read_classes

NEUTRAL = "a photo of a person"
VALUES = {"woman": "a photo of a doctor", "man": "a photo of a nurse"}
"""Each value, and a prompt that this model draws as the other one."""
STRENGTHS = (0.0, 0.25, 0.5, 1.0, 2.0)


class Push(nn.Module):
    """Adds a vector to the mid-block's output, in the last rows of a batch: those with the prompt."""

    def __init__(self, pipeline: Embedded) -> None:
        super().__init__()
        self.vector = nn.Parameter(torch.zeros(1, pipeline.unet.config["block_out_channels"][-1], 1, 1, device=device()))
        self.strength, self.share = 1.0, 1.0
        pipeline.unet.mid_block.register_forward_hook(lambda _, __, out: self(out))

    def forward(self, middle: Tensor) -> Tensor:
        rows = torch.arange(len(middle), device=middle.device) >= len(middle) * (1 - self.share)
        return middle + self.strength * rows[:, None, None, None] * self.vector


def learn(pipeline: Embedded, push: Push, value: str, pictures: int, updates: int, rate: float, batch: int = 16) -> tuple[float, float]:
    """@returns error before and after, over the same noise and timesteps."""
    with torch.no_grad():
        push.vector.zero_()
        rows, empty = pipeline.rows(pipeline.ids([f"a photo of a {value}"])), pipeline.rows(pipeline.ids([""]))
        noise = starting_noise(list(range(70_000, 70_000 + pictures)), (CHANNELS, 16, 16)).to(device())
        latents = torch.cat([pipeline.sample(rows.expand(len(part), -1, -1), part, empty)[0] for part in noise.split(50)])
        neutral = pipeline.rows(pipeline.ids([NEUTRAL])).expand(batch, -1, -1)

    def error() -> Tensor:
        return predict(pipeline, latents[torch.randint(len(latents), (batch,), device=device())], neutral).loss().mean()

    @torch.no_grad()
    def held() -> float:
        torch.manual_seed(1)
        return float(torch.stack([error() for _ in range(20)]).mean())

    before = held()
    optimizer = torch.optim.Adam([push.vector], rate)
    torch.manual_seed(0)
    for _ in range(updates):
        optimizer.zero_grad()
        error().backward()
        optimizer.step()
    return before, held()


def count(pipeline: Embedded, push: Push, value: str, pictures: int) -> None:
    ids, empty = pipeline.ids([VALUES[value]]), pipeline.rows(pipeline.ids([""]))
    for strength in STRENGTHS:
        push.strength, push.share = strength, 0.5
        chance, clear = read_classes("gender", draw(pipeline, ids.expand(pictures, -1), empty, 80_000))
        turned = clear & (chance.argmax(1) == ("man", "woman").index(value))
        print(f"{VALUES[value]}, {value} x {strength:g}: {int(turned.sum())} of {pictures} read as a {value}, {pictures - int(clear.sum())} not read", flush=True)
    push.strength, push.share = 1.0, 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=200, help="that a vector is learnt from")
    parser.add_argument("--updates", type=int, default=600)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--count", type=int, default=48, help="pictures to count on")
    options = parser.parse_args()
    pipeline = Embedded()
    push = Push(pipeline)
    for value in VALUES:
        before, after = learn(pipeline, push, value, options.pictures, options.updates, options.rate)
        print(f"{value}: error of the neutral prompt {before:.4f}, with the vector {after:.4f}; its length {float(push.vector.detach().norm()):.1f}", flush=True)
        count(pipeline, push, value, options.count)


if __name__ == "__main__":
    main()
