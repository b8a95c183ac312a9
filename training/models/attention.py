"""Attention as plain MatMul, Softmax, MatMul with sizes that are constants in the exported graph.

Fused attention would hide the maps that methods read, and contrib MultiHeadAttention is wrong on some WebGPU adapters.
"""

from __future__ import annotations

import torch
from diffusers.models.attention_processor import Attention
from torch import Tensor


class PlainAttention:
    """A diffusers attention processor for Attention layers without norm, mask or added projections."""

    def __call__(self, attn: Attention, hidden_states: Tensor, encoder_hidden_states: Tensor | None = None,
                 attention_mask: Tensor | None = None, **_: object) -> Tensor:
        """@param hidden_states [B, N, C]. @param encoder_hidden_states [B, T, D] or None for self-attention. @returns [B, N, C]."""
        context = hidden_states if encoder_hidden_states is None else encoder_hidden_states
        query = self.split(attn.to_q(hidden_states), attn.heads)
        key = self.split(attn.to_k(context), attn.heads)
        value = self.split(attn.to_v(context), attn.heads)
        scores = torch.matmul(query * attn.scale, key.transpose(-1, -2))
        mixed = torch.matmul(scores.softmax(-1), value)
        rows, width = int(hidden_states.shape[1]), int(query.shape[1]) * int(query.shape[3])
        return attn.to_out[0](mixed.transpose(1, 2).reshape(-1, rows, width))

    @staticmethod
    def split(x: Tensor, heads: int) -> Tensor:
        """[B, N, C] to [B, heads, N, C / heads]."""
        return x.reshape(-1, int(x.shape[1]), heads, int(x.shape[2]) // heads).transpose(1, 2)
