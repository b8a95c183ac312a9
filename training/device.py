"""CPU or CUDA by itself, and the number format that the device is fast in."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import torch
from diffusers.models.attention import AttentionMixin
from diffusers.models.attention_processor import AttnProcessor2_0
from torch import nn

from training.memory import keep_freed_memory

keep_freed_memory()


@cache
def device() -> torch.device:
    """CUDA when there is one, else the CPU with every core that this process may use."""
    if torch.cuda.is_available():
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
        return torch.device("cuda")
    torch.set_num_threads(int(os.environ.get("EVENHAND_THREADS", len(os.sched_getaffinity(0)))))
    return torch.device("cpu")


@cache
def has_bf16() -> bool:
    """True if bf16 arithmetic is quick here: any CUDA device that supports it, or a CPU with AVX512_BF16 or AMX."""
    if device().type == "cuda":
        return torch.cuda.is_bf16_supported()
    info = Path("/proc/cpuinfo")
    return info.exists() and any(flag in info.read_text() for flag in ("avx512_bf16", "amx_bf16"))


def has_room(size: int) -> bool:
    """True on CUDA with memory to spare for `size` bytes: data that every step reads is then kept there."""
    return device().type == "cuda" and size < 0.4 * torch.cuda.mem_get_info()[0]


def quick(module: nn.Module) -> nn.Module:
    """The form of `module` to call in training steps of one fixed shape; it shares the weights. On CUDA attention is fused (the same numbers, and no
    maps in memory) and, unless EVENHAND_EAGER=1, the whole is channels_last and compiled; on a CPU the module itself, where compiling was not worth its minute."""
    if device().type != "cuda":
        return module
    if isinstance(module, AttentionMixin):
        module.set_attn_processor(AttnProcessor2_0())
    if os.environ.get("EVENHAND_EAGER") == "1":
        return module
    torch._dynamo.config.suppress_errors = True  # what cannot be compiled runs as it is
    return torch.compile(module.to(memory_format=torch.channels_last))


def autocast() -> AbstractContextManager:
    """bf16 autocast where it pays. Plain NCHW only: channels_last is slower and crashed on the CPU (torch 2.13)."""
    return torch.autocast(device().type, torch.bfloat16, enabled=has_bf16())
