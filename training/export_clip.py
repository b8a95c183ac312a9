"""World-CLIP for measurements only: `python -m training.export_clip` writes bench/model/clip.onnx. It does not ship with the model.

The text tower is the shipped text encoder; what is missing there is the image tower and the projection of the text, which CLIP-I, CLIP-T and
the distance of features need.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import vocabulary, weights
from training.models.text import WIDTH, WorldClip
from training.onnx_tools import export_checked
from training.paths import ROOT

OUT = ROOT / "bench" / "model" / "clip.onnx"
TAPS = (1, 3, 5, 7)
"""Layers of the image tower whose features are given out: 32 x 32, 16 x 16, 8 x 8 and 4 x 4 cells."""


class Measuring(nn.Module):
    """image [B, 3, 128, 128] in -1..1 and pooler_output [B, 192] of the text encoder to unit vectors of the shared space [B, 128], and
    the image's features of TAPS [B, C, H, W], of unit length at each cell."""

    def __init__(self, clip: WorldClip) -> None:
        super().__init__()
        self.image, self.text_projection = clip.image, clip.text_projection

    def forward(self, image: Tensor, pooler_output: Tensor) -> tuple[Tensor, ...]:
        h, taps = image, []
        for i, layer in enumerate(self.image.body):
            h = layer(h)
            if i in TAPS:
                taps.append(F.normalize(h, dim=1))
        pooled = torch.cat([h.mean((2, 3)), h.amax((2, 3))], 1)
        return F.normalize(self.image.head(pooled), dim=1), F.normalize(self.text_projection(pooler_output), dim=1), *taps


def main() -> None:
    clip = WorldClip(vocabulary.load().get_vocab_size())
    found = weights.find("clip", True)
    if found is None:
        raise SystemExit("There is no training/checkpoints/clip.safetensors to export.")
    clip.load_state_dict(found[0])
    torch.manual_seed(0)
    example = (torch.rand(3, 3, 128, 128) * 2 - 1, torch.randn(3, WIDTH))
    outputs = ["image_embedding", "text_embedding", *(f"features_{i}" for i in range(len(TAPS)))]
    export_checked("clip", Measuring(clip.eval()), example, ["image", "pooler_output"], outputs, OUT, short=True)


if __name__ == "__main__":
    main()
