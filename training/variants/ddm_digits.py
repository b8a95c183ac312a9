"""The digit worlds of DDM: 0 with 1 and 7 with 8, nine of the first for one of the second (pairs of the official code's result folders; ratio ours), at 14 x 14,
as in the page's laboratory and read by its reader, which knows what is no digit. At 28 x 28 the same network still drew grain after 2,500 steps (squared error 0.33), and a
reader of ten digits took the grain for eights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from training.device import device
from training.laboratory import DIGITS, UNCLEAR_BELOW, halved, load_reader
from training.models.residual import Residual
from training.variants.ddm import Data, Read
from training.variants.digits import digits
from training.variants.fairness import frechet
from training.variants.kmeans import agreement, two_means

PAIRS = {"digits-01": (0, 1), "digits-78": (7, 8)}
SIZE = 14


def signed(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 [n, 28, 28] to [n, 1, 14, 14] in -1..1."""
    return halved(pictures).view(-1, 1, SIZE, SIZE) / 127.5 - 1


def load_digits() -> tuple[Data, Read, Callable[[Tensor], Tensor]]:
    """Pseudo-labels are 2-means of the pixels of each imbalanced world's digits (there is no CLIP of digits)."""
    reader, known, kept = load_reader(), digits(held_out=False), digits(held_out=True)
    pictures: list[Tensor] = []
    worlds: dict[str, tuple[Tensor, Tensor]] = {}
    real: dict[str, object] = {}
    floor: dict[str, float] = {}
    start = 0
    for world, pair in PAIRS.items():
        rows = []
        for digit in pair:
            pictures.append(signed(known[digit]))
            rows.append(torch.arange(start, start := start + len(known[digit]), device=device()))
        worlds[world] = (rows[0], rows[1])
    data = Data(lambda models, dtype: Residual(models, SIZE**2, dtype=dtype), torch.cat(pictures).half().to(device()), worlds, {}, {}, limit=1.0)

    @torch.no_grad()
    def read(world: str, drawn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, features = reader(drawn.float().flatten(1))
        pair = logits.softmax(-1)[:, [DIGITS.index(digit) for digit in PAIRS[world]]]
        return pair / pair.sum(-1, keepdim=True).clamp(min=1e-9), pair.amax(-1) >= UNCLEAR_BELOW, features

    for world, pair in PAIRS.items():
        labels = torch.zeros(len(data.pictures), dtype=torch.long, device=device())
        rows, classes = data.imbalanced(world, 0)
        members = torch.cat(worlds[world])
        labels[members] = two_means(data.pictures[rows].float().flatten(1), data.pictures[members].float().flatten(1), classes)
        data.pseudo[world] = labels
        held = torch.cat([signed(kept[d]) for d in pair]).to(device())
        features = read(world, held)[2]
        real[world] = features.cpu().double().numpy()
        trained = torch.cat([data.pictures[w[:len(kept[0])]] for w in worlds[world]])
        floor[world] = frechet(read(world, trained)[2].cpu().double().numpy(), real[world])  # type: ignore[arg-type]
        data.facts |= {f"pseudo-{world}": agreement(labels[rows], classes)}
    data.facts |= {"real": real, "frechet-floor": floor, "frechet-n": 2 * len(kept[0])}
    return data, read, lambda drawn: F.interpolate(drawn, scale_factor=2).repeat(1, 3, 1, 1)
