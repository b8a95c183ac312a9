"""Exponential moving average of a network's weights, and of its statistics (buffers), which must fit them."""

from __future__ import annotations

import copy

import torch
from torch import nn


class Ema:
    """Decay min(`decay`, (1 + n) / (10 + n)) after n updates, so that a short run is not held back by its random start."""

    def __init__(self, module: nn.Module, decay: float, updates: int = 0) -> None:
        self.module = copy.deepcopy(module).eval().requires_grad_(False)
        self.decay, self.updates = decay, updates

    @torch.no_grad()
    def update(self, module: nn.Module) -> None:
        self.updates += 1
        rate = 1 - min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(list(self.module.parameters()), [p.detach() for p in module.parameters()], rate)
        for mine, theirs in zip(self.module.buffers(), module.buffers()):
            mine.lerp_(theirs, rate) if mine.is_floating_point() else mine.copy_(theirs)
