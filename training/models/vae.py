"""Autoencoder: 128 px pictures to 24 x 16 x 16 latents and back, the interface of diffusers' AutoencoderKL made light.

Stable Diffusion's own decoder costs about 300 times as much; this one must run on a laptop's CPU. No normalisation layers (as in
TAESD): they take half the time on a CPU and wash out flat colours. Resampling is by pixel shuffle with a parameter-free shortcut
beside it (Chen et al. 2025, DC-AE, section 3.1), so that the network learns only what the shortcut misses.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

CHANNELS = 24
"""Latent channels; one latent cell covers 8 x 8 pixels."""

WIDE, MIDDLE, NARROW = 128, 64, 32
"""Widths at 16, 32 and 64 cells a side."""


class ResBlock(nn.Module):
    """ReLU and 3x3 convolution, twice, with a skip. Shape [B, C, H, W] is kept."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.relu(self.conv1(F.relu(x))))


class Encoder(nn.Module):
    """Pictures [B, 3, 128, 128] in -1..1 to latents [B, 24, 16, 16], each channel standardised over the data."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3 * 16, MIDDLE, 3, padding=1)
        self.fine = ResBlock(MIDDLE)
        self.down = nn.Conv2d(4 * MIDDLE, WIDE, 1)
        self.coarse = nn.Sequential(ResBlock(WIDE), ResBlock(WIDE))
        self.out = nn.Conv2d(WIDE, CHANNELS, 3, padding=1)
        # Constants, found once by calibrate(): unit variance per channel at the start; moment_penalty keeps it there. Not a BatchNorm in
        # training: a batch's own mean says too much about its few pictures' background colours, so no flat colour could be known well,
        # and running statistics set off a race (the encoder grows its output to drown the noise, the statistics shrink it again).
        self.standard = nn.BatchNorm2d(CHANNELS, affine=False, momentum=None)

    def forward(self, picture: Tensor) -> Tensor:
        h = F.pixel_unshuffle(self.fine(self.stem(F.pixel_unshuffle(picture, 4))), 2)
        h = self.down(h) + h.unflatten(1, (WIDE, 4 * MIDDLE // WIDE)).mean(2)
        return self.standard(self.out(F.relu(self.coarse(h))).float())


    @torch.no_grad()
    def calibrate(self, batches: Iterable[Tensor]) -> None:
        """Sets the constants that standardise each channel from pictures [B, 3, 128, 128]."""
        self.standard.reset_running_stats()
        self.standard.train()
        for picture in batches:
            self(picture)
        self.standard.eval()

    def train(self, mode: bool = True) -> Encoder:
        super().train(mode)
        self.standard.eval()
        return self


def moment_penalty(latent: Tensor) -> Tensor:
    """Mean over channels of mean^2 + (log variance)^2 over a batch [B, C, H, W]: what the KL term does, without its noise. Ours."""
    z = latent.float()
    return (z.mean((0, 2, 3)).square() + z.var((0, 2, 3)).log().square()).mean()


class Up(nn.Module):
    """[B, C, H, W] to [B, width, 2H, 2W] by pixel shuffle of a 1x1 convolution, plus the input's channels repeated."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, 4 * width, 1)
        self.repeats = 4 * width // channels

    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_shuffle(self.conv(x) + x.repeat_interleave(self.repeats, 1), 2)


class Decoder(nn.Module):
    """Latents [B, 24, 16, 16] to pictures [B, 3, 128, 128] in about -1..1."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(CHANNELS, WIDE, 3, padding=1)
        self.coarse = nn.Sequential(ResBlock(WIDE), ResBlock(WIDE), ResBlock(WIDE))
        self.up1 = Up(WIDE, MIDDLE)
        self.fine = nn.Sequential(ResBlock(MIDDLE), ResBlock(MIDDLE), ResBlock(MIDDLE))
        self.up2 = Up(MIDDLE, NARROW)
        self.finest = nn.Sequential(ResBlock(NARROW), ResBlock(NARROW))
        self.out = nn.Conv2d(NARROW, 12, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        h = self.fine(self.up1(self.coarse(self.stem(latent))))
        return F.pixel_shuffle(self.out(F.relu(self.finest(self.up2(h)))), 2)


class Autoencoder(nn.Module):
    """Encoder and decoder; in training the latent gets Gaussian noise so that the decoder forgives the denoiser's errors."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.decoder = Decoder()

    def forward(self, picture: Tensor, noise: float = 0.0) -> tuple[Tensor, Tensor]:
        """@returns the reconstruction and the latent without noise. `noise` is the largest standard deviation; half of the pictures get none."""
        z = self.encoder(picture)
        level = (torch.rand(len(z), 1, 1, 1, device=z.device) * 2 - 1).clamp(min=0) * noise
        return self.decoder(z + level * torch.randn_like(z) if noise else z), z
