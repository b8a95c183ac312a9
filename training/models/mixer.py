"""The small denoiser of `people` in the DDM sweeps: an MLP-Mixer (Tolstikhin et al. 2021) with a time and a class embedding.

Matrix products, LayerNorm and SiLU only. Every layer carries a leading
axis of M independent models, so that a sweep over strengths, signs and seeds trains as one batch of matrix products; M = 1 is the plain
network. Per model, for pictures [C, S, S], cells of P x P pixels, T = (S / P)^2 tokens and width D:

    u    = silu(wave(t) @ wave.w + wave.b) @ time.w + time.b + kind[y]                 wave(t): 32 sines, 32 cosines; y: 0 none, 1, 2 the class
    h    = windows(x) @ into.w + into.b + place                                        [T, D]
    each block:
        a = norm(h) * scale + shift + u @ told.w + told.b
        h = h + (silu(a^T @ across1.w + across1.b) @ across2.w + across2.b)^T          mixes tokens, 2 T wide
        h = h + silu((norm(h) * scale + shift) @ within1.w + ...) @ within2.w + ...    mixes channels, 2 D wide
    v    = overlap((norm(h) * scale + shift) @ out.w + out.b)                          zero at the start

windows(x): the picture with P / 2 zeros around it, cut into (S / P + 1)^2 cells; each token sees 2 x 2 of them, side by side: upper left, upper right,
lower left, lower right, each read channel, row, column. overlap is its transpose: every token draws 2 x 2 cells, which are summed and the border cut off. Patches that
overlap leave no seams (seen on digits).

v is the velocity (Salimans and Ho 2022); the predicted noise, which DDM's indicator reads, is sqrt(signal) v + sqrt(1 - signal) x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

WAVES = 32
"""Frequencies of the time embedding, from 1 to 1/10000 per timestep."""
CLASSES = 3
"""No class, class 0, class 1."""


@dataclass(frozen=True)
class Shape:
    """Of the pictures, and of the network that draws them."""

    channels: int
    size: int
    patch: int
    width: int
    blocks: int

    @property
    def tokens(self) -> int:
        return (self.size // self.patch) ** 2


PEOPLE = Shape(channels=24, size=16, patch=2, width=128, blocks=6)
"""Over the frozen autoencoder's latents."""


class Linear(nn.Module):
    """[M, N, a] to [M, N, b], with M matrices. Computes in the input's number format."""

    def __init__(self, models: int, a: int, b: int, zero: bool = False) -> None:
        super().__init__()
        self.w = nn.Parameter(torch.zeros(models, a, b) if zero else (torch.rand(models, a, b) * 2 - 1) / math.sqrt(a))
        self.b = nn.Parameter(torch.zeros(models, 1, b))

    def forward(self, x: Tensor) -> Tensor:
        return torch.baddbmm(self.b.to(x.dtype), x, self.w.to(x.dtype))


class Norm(nn.Module):
    """LayerNorm over the last axis of [M, N, D] with M scales and shifts."""

    def __init__(self, models: int, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(models, 1, width))
        self.shift = nn.Parameter(torch.zeros(models, 1, width))

    def forward(self, x: Tensor) -> Tensor:
        return torch.addcmul(self.shift.to(x.dtype), F.layer_norm(x, x.shape[-1:]), self.scale.to(x.dtype))


class Block(nn.Module):
    def __init__(self, models: int, shape: Shape) -> None:
        super().__init__()
        t, d = shape.tokens, shape.width
        self.norm1, self.norm2 = Norm(models, d), Norm(models, d)
        self.told = Linear(models, d, d)
        self.across1, self.across2 = Linear(models, t, 2 * t), Linear(models, 2 * t, t)
        self.within1, self.within2 = Linear(models, d, 2 * d), Linear(models, 2 * d, d)

    def forward(self, h: Tensor, u: Tensor) -> Tensor:
        """@param h [M, B, T, D]. @param u [M, B, D]."""
        m, b, t, d = h.shape
        a = self.norm1(h.reshape(m, -1, d)).view(m, b, t, d) + self.told(u)[:, :, None]
        mixed = self.across2(F.silu(self.across1(a.transpose(2, 3).reshape(m, -1, t))))
        h = h + mixed.view(m, b, d, t).transpose(2, 3)
        return h + self.within2(F.silu(self.within1(self.norm2(h.reshape(m, -1, d))))).view(m, b, t, d)


class Mixer(nn.Module):
    """M denoisers of one shape. @param x [M, B, C, S, S]. @param t timesteps [M, B], 0..999. @param y classes [M, B], 0..2.
    @returns the predicted velocity, like x, in fp32."""

    def __init__(self, models: int, shape: Shape, dtype: torch.dtype = torch.float32) -> None:
        super().__init__()
        d, p = shape.width, 4 * shape.channels * shape.patch**2
        self.shape, self.dtype = shape, dtype
        self.wave, self.time = Linear(models, 2 * WAVES, d), Linear(models, d, d)
        self.kind = nn.Parameter(torch.randn(models, CLASSES, d) * 0.5)
        self.into = Linear(models, p, d)
        self.place = nn.Parameter(torch.randn(models, 1, shape.tokens, d) * 0.1)
        self.blocks = nn.ModuleList(Block(models, shape) for _ in range(shape.blocks))
        self.norm, self.out = Norm(models, d), Linear(models, d, p, zero=True)

    def forward(self, x: Tensor, t: Tensor, y: Tensor) -> Tensor:
        m, b, c = x.shape[:3]
        d = self.shape.width
        u = self.time(F.silu(self.wave(waves(t).to(self.dtype)))) + self.kind.gather(1, y[:, :, None].expand(m, b, d)).to(self.dtype)
        seen = windows(x.to(self.dtype).flatten(0, 1), self.shape.patch)
        h = self.into(seen.reshape(m, -1, seen.shape[-1])).view(m, b, -1, d) + self.place.to(self.dtype)
        for block in self.blocks:
            h = block(h, u)
        drawn = self.out(self.norm(h.reshape(m, -1, d)))
        return overlap(drawn.view(seen.shape), self.shape.patch, c).reshape(x.shape).float()


def windows(x: Tensor, patch: int) -> Tensor:
    """[N, C, S, S] to what each token sees, [N, (S / P)^2, 4 C P^2]."""
    n, c, s, _ = x.shape
    cells = s // patch + 1
    grid = F.pad(x, (patch // 2,) * 4).view(n, c, cells, patch, cells, patch).permute(0, 2, 4, 1, 3, 5).reshape(n, cells, cells, -1)
    return torch.cat([grid[:, :-1, :-1], grid[:, :-1, 1:], grid[:, 1:, :-1], grid[:, 1:, 1:]], -1).flatten(1, 2)


def overlap(tokens: Tensor, patch: int, channels: int) -> Tensor:
    """What each token draws, [N, (S / P)^2, 4 C P^2], summed to [N, C, S, S]: the transpose of windows."""
    n, side = len(tokens), int(tokens.shape[1] ** 0.5)
    parts = tokens.view(n, side, side, -1).chunk(4, -1)
    grid = sum(F.pad(part, (0, 0, 1 - right, right, 1 - down, down)) for part, (down, right) in zip(parts, ((1, 1), (1, 0), (0, 1), (0, 0))))
    assert isinstance(grid, Tensor)
    whole = grid.view(n, side + 1, side + 1, channels, patch, patch).permute(0, 3, 1, 4, 2, 5).reshape(n, channels, (side + 1) * patch, -1)
    half = patch // 2
    return whole[:, :, half:-half, half:-half]


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
