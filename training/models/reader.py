"""The reader: finds every head in a picture and reads six attributes of its owner, in one convolutional pass.

After Zhou et al. 2019, "Objects as Points" (CenterNet): a heat map of head centres, and everything else read off at the centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIDE = 8


@dataclass(frozen=True)
class Attribute:
    id: str
    title: str
    values: tuple[tuple[str, str], ...]

    @property
    def ids(self) -> list[str]:
        return [value for value, _ in self.values]


ATTRIBUTES = (
    Attribute("gender", "Gender presentation", (("woman", "Woman"), ("man", "Man"))),
    Attribute("tone", "Skin tone (Monk)", (("light", "Light (Monk 1-3)"), ("tan", "Tan (Monk 4-5)"), ("brown", "Brown (Monk 6-7)"), ("dark", "Dark (Monk 8-10)"))),
    Attribute("age", "Age", (("young", "Young"), ("middle", "Middle"), ("old", "Old"))),
    Attribute("glasses", "Glasses", (("no", "No glasses"), ("yes", "Glasses"))),
    Attribute("cover", "Head cover", (("none", "None"), ("hijab", "Hijab"), ("turban", "Turban"))),
    Attribute("occupation", "Occupation", tuple((v, t) for v, t in (
        ("doctor", "Doctor"), ("nurse", "Nurse"), ("engineer", "Engineer"), ("ceo", "CEO"), ("teacher", "Teacher"), ("chef", "Chef"),
        ("firefighter", "Firefighter"), ("police", "Police officer"), ("farmer", "Farmer"), ("scientist", "Scientist"),
        ("housekeeper", "Housekeeper"), ("artist", "Artist"), ("person", "No occupation")))),
)
OFFSETS = {a.id: sum(len(b.values) for b in ATTRIBUTES[:i]) for i, a in enumerate(ATTRIBUTES)}
CHANNELS = sum(len(a.values) for a in ATTRIBUTES)


def conv(a: int, b: int, stride: int = 1, kernel: int = 3) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(a, b, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(b), nn.SiLU())


class Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(conv(width, width), nn.Conv2d(width, width, 3, 1, 1, bias=False), nn.BatchNorm2d(width))

    def forward(self, x: Tensor) -> Tensor:
        return F.silu(x + self.body(x))


class Reader(nn.Module):
    """Pictures [B, 3, 128, 128] in 0..1 to heat [B, 1, 16, 16], box [B, 4, 16, 16], attributes [B, 27, 16, 16] (logits)."""

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(conv(3, 16, 2, 5), conv(16, 32, 2), Residual(32), Residual(32))
        self.middle = nn.Sequential(conv(32, 80, 2), Residual(80), Residual(80))
        self.coarse = nn.Sequential(conv(80, 128, 2), Residual(128), Residual(128), nn.Conv2d(128, 80, 1))
        self.join = nn.Sequential(conv(80, 80), conv(80, 128, 1, 1))
        self.heat = nn.Conv2d(128, 1, 1)
        self.box = nn.Conv2d(128, 4, 1)
        self.attributes = nn.Conv2d(128, CHANNELS, 1)
        nn.init.constant_(self.heat.bias, -4.0)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        middle = self.middle(self.fine((picture - 0.5) / 0.25))
        coarse = F.interpolate(self.coarse(middle), scale_factor=2.0, mode="nearest")
        h = self.join(middle + coarse)
        return self.heat(h), self.box(h), self.attributes(h)


def decode_boxes(box: Tensor) -> Tensor:
    """Box channels [B, 4, H, W] to x, y, w, h in pixels [B, 4, H, W]; (x, y) is the top left corner.

    Channels: dx, dy = (head centre - cell centre) / stride; log of width and height over 32 px.
    """
    rows = torch.arange(box.shape[2], device=box.device, dtype=box.dtype)[:, None]
    columns = torch.arange(box.shape[3], device=box.device, dtype=box.dtype)[None, :]
    w, h = torch.exp(box[:, 2]) * 32, torch.exp(box[:, 3]) * 32
    x = (columns + 0.5 + box[:, 0]) * STRIDE - w / 2
    y = (rows + 0.5 + box[:, 1]) * STRIDE - h / 2
    return torch.stack([x, y, w, h], 1)
