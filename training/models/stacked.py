"""What stacks of M independent models share: every layer carries a leading axis of M, so that a sweep over strengths, signs and seeds trains as one batch of matrix
products. M = 1 is the plain network."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

WAVES = 32
"""Frequencies of the time embedding, from 1 to 1/10000 per timestep."""
CLASSES = 3
"""No class, class 0, class 1."""


class Linear(nn.Module):
    """[M, N, a] to [M, N, b], with M matrices. Computes in the input's number format."""

    def __init__(self, models: int, a: int, b: int, zero: bool = False) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(models, a, b) if zero else (torch.rand(models, a, b) * 2 - 1) / math.sqrt(a))
        self.b = nn.Parameter(torch.zeros(models, 1, b))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.b.to(x.dtype), x, self.w.to(x.dtype))


def waves(t: Tensor) -> Tensor:
    """Sines, then cosines, of t times 10000^(-k / 32). @returns [..., 64]."""
    rates = torch.exp(-math.log(10_000) / WAVES * torch.arange(WAVES, device=t.device))
    angles = t.float()[..., None] * rates
    return torch.cat([angles.sin(), angles.cos()], -1)


def parameters_of(module: nn.Module) -> int:
    """Per model."""
    return sum(p[0].numel() for p in module.parameters())


def single(module: nn.Module, index: int) -> dict[str, Tensor]:
    """The weights of one model of the stack, with a leading axis of 1."""
    return {name: value[index:index + 1].detach().clone() for name, value in module.state_dict().items()}
