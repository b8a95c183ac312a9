"""The small denoiser of the DDM sweeps: the page's laboratory's network (workers/laboratory/network.ts) with a class beside the timestep, M independent models
as one batch of matrix products. Per model, for pictures of N numbers and width D:

    h   = x @ into.w + into.b + told
    h   = h + silu(norm(h) @ a.w + a.b + told) @ b.w + b.b                     each block; norm without scale or shift
    v   = silu(norm(h)) @ out.w + out.b                                        zero at the start
    told = wave(t) @ wave.w + wave.b + kind[y]                                 every layer its own; 32 sines, 32 cosines; y: 0 none, 1, 2 the class

v is the velocity (Salimans and Ho 2022); the predicted noise, which DDM's indicator reads, is sqrt(signal) v + sqrt(1 - signal) x.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.models.stacked import CLASSES, WAVES, Linear, waves


class Told(nn.Module):
    """What a layer hears of timesteps [M, B] and classes [M, B]: [M, B, D]."""

    def __init__(self, models: int, width: int) -> None:
        super().__init__()
        self.wave, self.kind = Linear(models, 2 * WAVES, width), nn.Parameter(torch.randn(models, CLASSES, width) * 0.5)

    def forward(self, wave: Tensor, y: Tensor) -> Tensor:
        return self.wave(wave) + self.kind.gather(1, y[:, :, None].expand(*y.shape, self.kind.shape[-1])).to(wave.dtype)


class Block(nn.Module):
    def __init__(self, models: int, width: int) -> None:
        super().__init__()
        self.a, self.told, self.b = Linear(models, width, width), Told(models, width), Linear(models, width, width)

    def forward(self, h: Tensor, wave: Tensor, y: Tensor) -> Tensor:
        return h + self.b(F.silu(self.a(F.layer_norm(h, h.shape[-1:])) + self.told(wave, y)))


class Residual(nn.Module):
    """M denoisers. @param x [M, B, C, S, S]. @param t timesteps [M, B], 0..999. @param y classes [M, B], 0..2. @returns the predicted velocity, like x, in fp32."""

    def __init__(self, models: int, pixels: int, width: int = 192, blocks: int = 2, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        self.dtype = dtype
        self.into, self.told = Linear(models, pixels, width), Told(models, width)
        self.blocks = nn.ModuleList(Block(models, width) for _ in range(blocks))
        self.out = Linear(models, width, pixels, zero=True)

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        wave = waves(t).to(self.dtype)
        h = self.into(x.flatten(2).to(self.dtype)) + self.told(wave, y)
        for block in self.blocks:
            h = block(h, wave, y)
        return self.out(F.silu(F.layer_norm(h, h.shape[-1:]))).view(x.shape).float()
