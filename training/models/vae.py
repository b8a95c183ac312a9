"""Autoencoder: 128 px pictures to 8 x 16 x 16 latents and back, the interface of diffusers' AutoencoderKL made light.

Stable Diffusion's own decoder costs about 300 times as much; this one must run on a laptop's CPU.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 8
"""Latent channels; one latent cell covers 8 x 8 pixels."""


class ResBlock(nn.Module):
    """GroupNorm, SiLU, 3x3 convolution, twice, with a skip. Shape [B, C, H, W] is kept."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.norm1 = nn.GroupNorm(8, width)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm2 = nn.GroupNorm(8, width)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h)))


class Encoder(nn.Module):
    """Pictures [B, 3, 128, 128] in -1..1 to latents [B, 8, 16, 16], each channel standardised over the data."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 8, stride=4, padding=2)
        self.fine = ResBlock(64)
        self.down = nn.Conv2d(64, 128, 4, stride=2, padding=1)
        self.coarse = nn.Sequential(ResBlock(128), ResBlock(128))
        self.out = nn.Sequential(nn.GroupNorm(8, 128), nn.SiLU(), nn.Conv2d(128, CHANNELS, 3, padding=1))
        # Standardises each latent channel; takes the place of the KL term. Folded into constants at export.
        self.standard = nn.BatchNorm2d(CHANNELS, affine=False, momentum=0.02)

    def forward(self, picture: Tensor) -> Tensor:
        h = self.out(self.coarse(self.down(self.fine(self.stem(picture)))))
        return self.standard(h.float())


class Decoder(nn.Module):
    """Latents [B, 8, 16, 16] to pictures [B, 3, 128, 128] in about -1..1. Two small up-samplings by pixel shuffle."""

    def __init__(self, wide: int = 128, middle: int = 64, narrow: int = 32) -> None:
        super().__init__()
        self.stem = nn.Conv2d(CHANNELS, wide, 3, padding=1)
        self.coarse = nn.Sequential(ResBlock(wide), ResBlock(wide))
        self.up1 = nn.Conv2d(wide, 4 * middle, 1)
        self.fine = nn.Sequential(ResBlock(middle), ResBlock(middle))
        self.up2 = nn.Conv2d(middle, 4 * narrow, 1)
        self.finest = ResBlock(narrow)
        self.out = nn.Sequential(nn.GroupNorm(8, narrow), nn.SiLU(), nn.Conv2d(narrow, 12, 3, padding=1))

    def forward(self, latent: Tensor) -> Tensor:
        h = self.coarse(self.stem(latent))
        h = self.fine(F.pixel_shuffle(self.up1(h), 2))
        h = self.finest(F.pixel_shuffle(self.up2(h), 2))
        return F.pixel_shuffle(self.out(h), 2)


class Autoencoder(nn.Module):
    """Encoder and decoder; in training the latent gets Gaussian noise so that the decoder forgives the denoiser's errors."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, picture: Tensor, noise: float = 0.0) -> tuple[Tensor, Tensor]:
        """@returns the reconstruction and the latent without noise. `noise` is the largest standard deviation."""
        z = self.encoder(picture)
        level = torch.rand(len(z), 1, 1, 1, device=z.device) * noise
        return self.decoder(z + level * torch.randn_like(z) if noise else z), z
