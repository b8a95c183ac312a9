"""The digit worlds of DDM: 0 with 1 and 7 with 8, nine of the first for one of the second (pairs of the official code's result folders; ratio ours), at 28 x 28.

A digit is told by its first 196 principal components: over the pixels themselves the same network still drew grain after 2,500 steps (squared error 0.33). Drawn digits
are halved to 14 x 14 and read by the page's laboratory's reader, which knows what is no digit; a reader of ten digits took grain for eights.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from training.device import device
from training.laboratory import DIGITS, UNCLEAR_BELOW, load_reader
from training.models.residual import Residual
from training.variants.components import Components
from training.variants.ddm import Data, Read
from training.variants.digits import digits
from training.variants.fairness import frechet
from training.variants.kmeans import agreement, two_means

PAIRS = {"digits-01": (0, 1), "digits-78": (7, 8)}
COMPONENTS = 196


def signed(pictures: NDArray[np.uint8]) -> Tensor:
    """uint8 [n, 28, 28] to [n, 1, 28, 28] in -1..1, on the device."""
    return torch.from_numpy(pictures).to(device()).float()[:, None] / 127.5 - 1


def load_digits() -> tuple[Data, Read, Callable[[Tensor], Tensor]]:
    """Pseudo-labels are 2-means of the components of each imbalanced world's digits (there is no CLIP of digits). Real digits are compared after the way through the components and back."""
    reader, known, kept = load_reader(), digits(held_out=False), digits(held_out=True)
    shown: list[Tensor] = []
    worlds: dict[str, tuple[Tensor, Tensor]] = {}
    start = 0
    for world, pair in PAIRS.items():
        rows = []
        for digit in pair:
            shown.append(signed(known[digit]))
            rows.append(torch.arange(start, start := start + len(known[digit]), device=device()))
        worlds[world] = (rows[0], rows[1])
    components = Components.of(torch.cat(shown), COMPONENTS)
    pictures = components.told(torch.cat(shown)).half()
    data = Data(lambda models, dtype: Residual(models, COMPONENTS, dtype=dtype), pictures, worlds, {}, {"components": COMPONENTS}, float(pictures.abs().max()))

    def show(drawn: Tensor) -> Tensor:
        return components.shown(drawn).clamp(-1, 1)

    @torch.no_grad()
    def read(world: str, drawn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        logits, features = reader(F.avg_pool2d(show(drawn), 2).flatten(1))
        pair = logits.softmax(-1)[:, [DIGITS.index(digit) for digit in PAIRS[world]]]
        return pair / pair.sum(-1, keepdim=True).clamp(min=1e-9), pair.amax(-1) >= UNCLEAR_BELOW, features

    def features_of(world: str, some: Tensor) -> NDArray[np.float64]:
        return read(world, some)[2].cpu().double().numpy()

    real: dict[str, NDArray[np.float64]] = {}
    floor: dict[str, float] = {}
    for world, pair in PAIRS.items():
        labels = torch.zeros(len(pictures), dtype=torch.long, device=device())
        rows, classes = data.imbalanced(world, 0)
        members = torch.cat(worlds[world])
        labels[members] = two_means(pictures[rows].float().flatten(1), pictures[members].float().flatten(1), classes)
        data.pseudo[world] = labels
        real[world] = features_of(world, components.told(torch.cat([signed(kept[d]) for d in pair])))
        floor[world] = frechet(features_of(world, torch.cat([pictures[w[:len(kept[0])]] for w in worlds[world]])), real[world])
        data.facts |= {f"pseudo-{world}": agreement(labels[rows], classes)}
    data.facts |= {"real": real, "frechet-floor": floor, "frechet-n": 2 * len(kept[0])}
    return data, read, lambda drawn: show(drawn).repeat(1, 3, 1, 1)
