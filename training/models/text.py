"""World-CLIP: transformers' CLIPTextModel made small, and a light convolutional image tower beside it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from transformers import CLIPTextConfig, CLIPTextModel

WIDTH = 192
MAX_TOKENS = 77
SHARED = 128
"""Size of the space that pictures and captions share."""


def text_config(vocab_size: int, width: int = WIDTH, layers: int = 4, heads: int = 4) -> CLIPTextConfig:
    """The two last ids of the vocabulary are <|startoftext|> and <|endoftext|>; padding is <|endoftext|>, as in SD 1.x."""
    end = vocab_size - 1
    config = CLIPTextConfig(
        vocab_size=vocab_size, hidden_size=width, intermediate_size=4 * width, projection_dim=SHARED,
        num_hidden_layers=layers, num_attention_heads=heads, max_position_embeddings=MAX_TOKENS,
        bos_token_id=end - 1, eos_token_id=end, pad_token_id=end, hidden_act="quick_gelu",
    )
    config._attn_implementation = "eager"
    return config


def make_text_encoder(vocab_size: int, **sizes: int) -> CLIPTextModel:
    return CLIPTextModel(text_config(vocab_size, **sizes))


class ImageTower(nn.Module):
    """Pictures [B, 3, 128, 128] in -1..1 to unit vectors [B, SHARED]."""

    def __init__(self) -> None:
        super().__init__()

        def block(a: int, b: int, stride: int) -> nn.Sequential:
            return nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.SiLU())

        self.body = nn.Sequential(
            nn.Conv2d(3, 32, 4, 4), block(32, 32, 1), block(32, 64, 2), block(64, 64, 1),
            block(64, 128, 2), block(128, 128, 1), block(128, 192, 2), block(192, 192, 1),
        )
        self.head = nn.Linear(2 * 192, SHARED)

    def forward(self, picture: Tensor) -> Tensor:
        h = self.body(picture)
        pooled = torch.cat([h.mean((2, 3)), h.amax((2, 3))], 1)
        return F.normalize(self.head(pooled).float(), dim=1)


class WorldClip(nn.Module):
    """Both towers, the text projection and the temperature."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.text = make_text_encoder(vocab_size)
        self.image = ImageTower()
        self.text_projection = nn.Linear(WIDTH, SHARED, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(2.66))

    def encode_text(self, ids: Tensor) -> Tensor:
        """Token ids [B, T] to unit vectors [B, SHARED]."""
        return F.normalize(self.text_projection(self.text(input_ids=ids).pooler_output).float(), dim=1)
