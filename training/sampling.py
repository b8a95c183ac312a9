"""Sampling with classifier-free guidance, for torch modules and ONNX sessions alike."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from training.models.schedule import make_scheduler

Denoise = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(sample [B, C, H, W], timestep [B], text rows [B, 77, D]) to the v-prediction [B, C, H, W]."""


def starting_noise(seeds: list[int], shape: tuple[int, ...]) -> Tensor:
    """One torch CPU generator per seed, as the studio draws its noise. @returns [len(seeds), *shape]."""
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds])


@torch.no_grad()
def ddim(denoise: Denoise, noise: Tensor, rows: Tensor, empty: Tensor, steps: int, guidance: float) -> Tensor:
    """@param rows [B, 77, D] text rows. @param empty [1, 77, D] rows of the empty prompt. @returns the latent at step 0."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    latent, context = noise, torch.cat([empty.expand_as(rows), rows])
    for t in scheduler.timesteps:
        if guidance == 1:
            v = denoise(latent, torch.full((len(latent),), float(t), device=noise.device), rows)
        else:
            time = torch.full((len(context),), float(t), device=noise.device)
            without, with_ = denoise(torch.cat([latent, latent]), time, context).chunk(2)
            v = without + guidance * (with_ - without)
        latent = scheduler.step(v, int(t), latent).prev_sample
    return latent
