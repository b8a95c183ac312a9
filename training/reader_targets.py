"""What the reader should answer for a rendered picture: heat, boxes and attribute shares on the 16 x 16 grid."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from training.data import MOST_PEOPLE
from training.models.reader import ATTRIBUTES, CHANNELS, OFFSETS, STRIDE

CELLS = 16


def attribute_shares(records: list[dict[str, Any]]) -> Tensor:
    """[N, 4, 27]: one-hot per attribute; androgynous figures (gender null) get 0.5 / 0.5, so that they end in the unclear band."""
    shares = torch.zeros(len(records), MOST_PEOPLE, CHANNELS)
    for i, record in enumerate(records):
        for j, person in enumerate(record["people"]):
            for a in ATTRIBUTES:
                value, at = person[a.id], OFFSETS[a.id]
                if value is None:
                    shares[i, j, at:at + len(a.values)] = 1 / len(a.values)
                else:
                    shares[i, j, at + a.ids.index(value)] = 1
    return shares


def targets(heads: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """From head boxes [B, 4, 4] (x, y, w, h in px; width 0 = nobody).

    @returns heat [B, 16, 16] (1 at each head's own cell, a Gaussian around it), owner [B, 16, 16] (index of the nearest
    person), weight [B, 16, 16] (how much a cell's box and attributes count) and box [B, 4, 16, 16].
    """
    x, y, w, h = heads.unbind(-1)
    present = w > 0
    cx, cy = (x + w / 2) / STRIDE, (y + h / 2) / STRIDE
    axis = torch.arange(CELLS) + 0.5
    dx = cx[..., None, None] - axis
    dy = cy[..., None, None] - axis[:, None]
    sigma = (torch.sqrt(w * h) / STRIDE / 5).clamp(min=0.5)[..., None, None]
    far = (dx.square() + dy.square()) / (2 * sigma.square())
    far = far + (~present)[..., None, None] * 1e4
    nearest, owner = far.min(1)
    weight = torch.exp(-nearest)
    own_cell = (dx.abs() <= 0.5) & (dy.abs() <= 0.5) & present[..., None, None]
    heat = torch.where(own_cell.any(1), 1.0, weight.clamp(max=0.95))
    pick = lambda per_person: per_person.gather(1, owner[:, None]).squeeze(1)  # noqa: E731
    size = lambda s: pick((s.clamp(min=1) / 32).log()[..., None, None].expand_as(far))  # noqa: E731
    box = torch.stack([pick(dx.expand_as(far)), pick(dy.expand_as(far)), size(w), size(h)], 1)
    return heat, owner, weight * (weight > 0.3), box


def flipped(heads: Tensor, size: int = 128) -> Tensor:
    """Boxes of the mirrored picture."""
    out = heads.clone()
    out[..., 0] = torch.where(heads[..., 2] > 0, size - heads[..., 0] - heads[..., 2], heads[..., 0])
    return out
