"""CPU or CUDA by itself, and the number format that the device is fast in."""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import torch

from training.memory import keep_freed_memory

keep_freed_memory()


@cache
def device() -> torch.device:
    """CUDA when there is one, else the CPU with every core that this process may use."""
    if torch.cuda.is_available():
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.allow_tf32 = True
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


def autocast() -> AbstractContextManager:
    """bf16 autocast where it pays. Plain NCHW only: channels_last is slower and crashed on the CPU (torch 2.13)."""
    return torch.autocast(device().type, torch.bfloat16, enabled=has_bf16())
