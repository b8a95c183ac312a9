"""The measuring reader: reads generated pictures for `npm run eval:model`. It never ships and shares nothing with the reader that does.

A plain convolution net without residual paths or a coarse branch; what surrounds a head is seen through dilated convolutions
(Yu & Koltun 2016, "Multi-Scale Context Aggregation by Dilated Convolutions"). Its outputs keep the contract of
public/models/people/perception/reader.json, so that workers/perception runs it unchanged.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 8
BOX_UNIT = 32.0
"""Pixels of a head whose log width is 0."""

VALUES: dict[str, tuple[str, ...]] = {
    "gender": ("woman", "man", "androgynous"),
    "tone": ("light", "tan", "brown", "dark"),
    "age": ("young", "middle", "old"),
    "glasses": ("no", "yes"),
    "cover": ("none", "hijab", "turban"),
    "expression": ("smiling", "neutral"),
    "occupation": ("doctor", "nurse", "engineer", "ceo", "teacher", "chef", "firefighter", "police", "farmer", "scientist",
                   "housekeeper", "artist", "person"),
}
"""Value ids of the drawn world; unlike the shipped reader this one knows androgynous people and expressions."""

LOGITS = sum(len(values) for values in VALUES.values())
FEATURES = 96

DILATIONS = (1, 2, 4, 2, 1)
"""At 16 x 16 cells these see 10 cells to every side: from a head down to the clothes of the largest person."""


def block(a: int, b: int, kernel: int = 3, stride: int = 1, dilation: int = 1) -> nn.Sequential:
    padding = dilation * (kernel // 2) if stride == 1 or kernel % 2 else (kernel - stride) // 2
    return nn.Sequential(nn.Conv2d(a, b, kernel, stride, padding, dilation, bias=False), nn.BatchNorm2d(b), nn.ReLU())


class IndependentReader(nn.Module):
    """Pictures [B, 3, 128, 128] in 0..1 to heat [B, 1, 16, 16], box [B, 4, 16, 16], attributes [B, 30, 16, 16] (logits) and
    features [B, 96]: the last layer that all outputs share, averaged over the picture."""

    def __init__(self) -> None:
        super().__init__()
        self.detail = nn.Sequential(block(3, 48, 8, 4), block(48, 64), block(64, 64))
        self.context = nn.Sequential(block(64, FEATURES, 4, 2), *(block(FEATURES, FEATURES, dilation=d) for d in DILATIONS))
        self.heads = nn.Conv2d(FEATURES, 1 + 4 + LOGITS, 1)
        with torch.no_grad():
            self.heads.bias[0] = -3.0

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        h = self.context(self.detail(picture * 4 - 2))
        out = self.heads(h)
        return out[:, :1], out[:, 1:5], out[:, 5:], h.mean((2, 3))
