"""The independent reader as a torch module: it measures the variants, in batches on any device, and teaches none of them."""

from __future__ import annotations

import json
from functools import cache

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F

from training.device import autocast, device
from training.models.independent_reader import DILATIONS, VALUES
from training.paths import ROOT

FILE = ROOT / "bench" / "model" / "independent-reader.onnx"
STEPS = ((4, 2, 1), (1, 1, 1), (1, 1, 1), (2, 1, 1), *((1, d, d) for d in DILATIONS))
"""Stride, padding and dilation of the convolutions before the heads, in order (training/models/independent_reader.py)."""
UNCLEAR_BELOW = 0.6
"""Probability of the likelier of two classes under which a person counts as read unclearly."""
OFFSETS = {name: sum(len(v) for v in list(VALUES.values())[:i]) for i, name in enumerate(VALUES)}


class Folded(nn.Module):
    """The exported file's weights, BatchNorm folded into the convolutions. Pictures in 0..1 to heat, box, attributes, features as IndependentReader."""

    def __init__(self) -> None:
        super().__init__()
        stored = {i.name.removesuffix("_half"): torch.from_numpy(numpy_helper.to_array(i).copy()).float() for i in onnx.load(str(FILE)).graph.initializer}
        numbered = sorted((int(name.rsplit("_", 1)[1]), value) for name, value in stored.items() if name.startswith("onnx::Conv_"))
        self.weights = nn.ParameterList(value for _, value in numbered if value.ndim == 4)
        self.biases = nn.ParameterList(value for _, value in numbered if value.ndim == 1)
        self.head_weight, self.head_bias = nn.Parameter(stored["heads.weight"]), nn.Parameter(stored["heads.bias"])
        self.threshold = float(json.loads(FILE.with_suffix(".json").read_text())["heatThreshold"])

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        h = picture * 4 - 2
        for w, b, (stride, padding, dilation) in zip(self.weights, self.biases, STEPS, strict=True):
            h = F.relu(F.conv2d(h, w, b, stride, padding if w.shape[-1] < 8 else 2, dilation))
        out = F.conv2d(h, self.head_weight, self.head_bias)
        return out[:, :1], out[:, 1:5], out[:, 5:], h.mean((2, 3))


@cache
def load_reader() -> Folded:
    return Folded().to(device()).eval().requires_grad_(False)


@torch.no_grad()
def read_one(pictures: Tensor) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    """What the likeliest head of each picture shows. @param pictures [B, 3, 128, 128] in 0..1, on the device.
    @returns probabilities [B, K] by attribute, whether there is a head [B], and features [B, 96]."""
    reader = load_reader()
    with autocast():
        heat, _, logits, features = (o.float() for o in reader(pictures))
    chance, cell = heat.sigmoid().flatten(1).max(1)
    at = logits.flatten(2).gather(2, cell[:, None, None].expand(-1, logits.shape[1], 1))[:, :, 0]
    return {name: at[:, OFFSETS[name]:OFFSETS[name] + len(values)].softmax(-1) for name, values in VALUES.items()}, chance > reader.threshold, features


@torch.no_grad()
def read_classes(attribute: str, pictures: Tensor, part: int = 240) -> tuple[Tensor, Tensor]:
    """@param pictures [N, 3, 128, 128] in 0..1, anywhere. @returns probabilities [N, 2] of two_classes, and which were read clearly [N]: a head, and one class surer than UNCLEAR_BELOW."""
    read = [read_one(some.to(device())) for some in pictures.split(part)]
    chance, found = torch.cat([two_classes(attribute, r[0]) for r in read]), torch.cat([r[1] for r in read])
    return chance, found & (chance.amax(1) >= UNCLEAR_BELOW)


def two_classes(attribute: str, read: dict[str, Tensor]) -> Tensor:
    """Probabilities [B, 2] of the majority's and the minority's class of alone.MINORITY; androgynous people count for neither gender."""
    chance = read[attribute]
    pair = torch.stack([chance[:, 1], chance[:, 0]], 1) if attribute == "gender" else torch.stack([chance[:, :2].sum(1), chance[:, 2:].sum(1)], 1)
    return pair / pair.sum(1, keepdim=True).clamp(min=1e-9)
