"""A fixed linear map of latents that tells who a person is: what `python -m training.what_is_known` asks the denoiser about.

The squared error of any linear map of the clean latents is least at the posterior mean's image under that map, so it can be held against what
a denoiser predicts at every noise level, and what it leaves out can be told from what cannot be known.

The map looks at each head through its box in the clean picture: where people stand depends on their number and the seed only
(src/core/world/layout.ts), so the box tells nothing of who they are. Ours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.independent_reader import VALUES

CELLS, LATENT_SIDE, STRIDE = 8, 16, 8
ATTRIBUTES = ("gender", "tone", "age", "glasses", "cover", "expression")
COLUMNS = [(attribute, value) for attribute in ATTRIBUTES for value in VALUES[attribute]]
RIDGE = 0.02
"""Of the mean diagonal of the patches' second moments."""


def patches(latent: Tensor, heads: Tensor) -> Tensor:
    """What lies under every head, on a grid of its own.

    @param latent [B, C, 16, 16]. @param heads [B, P, 4]: x, y, w, h in pixels; width 0 where there is nobody.
    @returns [B, P, C * 8 * 8], bilinear between cell centres; anything for nobody."""
    b, p, _ = heads.shape
    step = (torch.arange(CELLS, device=latent.device) + 0.5) / CELLS
    x, y = ((heads[..., k, None] + step * heads[..., k + 2, None]) / (STRIDE * LATENT_SIDE) * 2 - 1 for k in (0, 1))  # [B, P, 8] in -1..1
    at = torch.stack([x[:, :, None, :].expand(b, p, CELLS, CELLS), y[:, :, :, None].expand(b, p, CELLS, CELLS)], -1)
    found = F.grid_sample(latent, at.reshape(b, p * CELLS, CELLS, 2), padding_mode="border", align_corners=False)
    return found.view(b, -1, p, CELLS * CELLS).permute(0, 2, 1, 3).reshape(b, p, -1)


def labels(people: list[dict[str, Any]]) -> Tensor:
    """[P, 17], one column for each value of each attribute: 1 where the person has it. Androgynous people have no gender in the records."""
    return torch.tensor([[float((person[a] or "androgynous") == v) for a, v in COLUMNS] for person in people])


class LinearReading(nn.Module):
    """Columns are scaled so that a constant guess of an attribute costs 1 over its columns, and one that never varies costs nothing."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(channels * CELLS * CELLS, len(COLUMNS)))

    def of(self, latent: Tensor, heads: Tensor) -> Tensor:
        """[B, P, 17] in the order of COLUMNS; anything for nobody."""
        return patches(latent, heads) @ self.weight


def fit(parts: Iterable[tuple[Tensor, Tensor, Tensor]], channels: int) -> tuple[LinearReading, dict[str, float]]:
    """Ridge regression of the labels on the patches of `parts`, each (latents [N, C, 16, 16], heads [N, P, 4], labels [people, 17]
    in the order of the heads). The last part is held out.

    @returns the map and, for each attribute that varies, the share of the held-out labels' variance that it tells.
    @raises ValueError with fewer than two parts."""
    size = channels * CELLS * CELLS
    second, cross, first, mean, count = torch.zeros(size, size), torch.zeros(size, len(COLUMNS)), torch.zeros(size), torch.zeros(len(COLUMNS)), 0
    held: tuple[Tensor, Tensor] | None = None
    for latent, heads, label in parts:
        if held is not None:
            x, y = held
            second, cross, first, mean, count = second + x.T @ x, cross + x.T @ y, first + x.sum(0), mean + y.sum(0), count + len(x)
        held = patches(latent, heads)[heads[..., 2] > 0], label
    if held is None or count == 0:
        raise ValueError("expected at least two parts to fit a linear reading on")
    first, mean = first / count, mean / count
    second, cross = second / count - torch.outer(first, first), cross / count - torch.outer(first, mean)
    weight = torch.linalg.solve(second + RIDGE * second.diagonal().mean() * torch.eye(size), cross)
    reading, told = LinearReading(channels), {}
    variance = (weight.T @ second @ weight).diagonal()
    x, y = held[0] - first, held[1] - mean
    for attribute in ATTRIBUTES:
        own = [k for k, (a, _) in enumerate(COLUMNS) if a == attribute]
        if bool((y[:, own].std(0) == 0).all()):
            continue
        told[attribute] = 1 - float(((x @ weight[:, own] - y[:, own]).square().sum() / y[:, own].square().sum()))
        reading.weight[:, own] = weight[:, own] / variance[own].sum().sqrt()
    return reading, told
