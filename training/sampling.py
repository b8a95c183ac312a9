"""Sampling with classifier-free guidance, for torch modules and ONNX sessions alike."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor, nn

from training.device import autocast
from training.models.schedule import make_scheduler

Denoise = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(sample [B, C, H, W], timestep [B], text rows [B, 77, D]) to the v-prediction [B, C, H, W]."""


def starting_noise(seeds: list[int], shape: tuple[int, ...]) -> Tensor:
    """One torch CPU generator per seed, as the studio draws its noise. @returns [len(seeds), *shape]."""
    return torch.stack([torch.randn(shape, generator=torch.Generator().manual_seed(s)) for s in seeds])


def denoiser_of(unet: nn.Module) -> Denoise:
    """A UNet as it is drawn with: in the device's quick arithmetic, without gradients, its answer in fp32."""
    @torch.no_grad()
    def denoise(x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        with autocast():
            return unet(x, t, rows, return_dict=False)[0].float()

    return denoise


def guided(denoise: Denoise, x: Tensor, t: float, rows: Tensor, empty: Tensor, guidance: float) -> Tensor:
    """The v-prediction with classifier-free guidance; at 1, which is none, the empty prompt is not asked. @param empty [1, 77, D]."""
    if guidance == 1:
        return denoise(x, torch.full((len(x),), float(t), device=x.device), rows)
    time = torch.full((2 * len(x),), float(t), device=x.device)
    without, with_ = denoise(torch.cat([x, x]), time, torch.cat([empty.expand_as(rows), rows])).chunk(2)
    return without + guidance * (with_ - without)


@torch.no_grad()
def ddim(denoise: Denoise, noise: Tensor, rows: Tensor, empty: Tensor, steps: int, guidance: float) -> Tensor:
    """@param rows [B, 77, D] text rows. @param empty [1, 77, D] rows of the empty prompt. @returns the latent at step 0."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    latent = noise
    for t in scheduler.timesteps:
        latent = scheduler.step(guided(denoise, latent, float(t), rows, empty, guidance), int(t), latent).prev_sample
    return latent
