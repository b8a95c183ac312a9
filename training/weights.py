"""Finds the newest weights of a stage: its run, else the committed checkpoint, else none."""

from __future__ import annotations

import json
from typing import Any

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training import checkpoint
from training.paths import CHECKPOINTS, RUNS
from training.whole import writing

STAGES = ("vae", "clip", "denoiser", "denoiser-fast", "reader")


def find(stage: str, prefer_committed: bool = False) -> tuple[dict[str, torch.Tensor], dict[str, Any]] | None:
    """Weights (EMA where the stage keeps one) and facts (samples seen ...) of `stage`, or None."""
    committed = CHECKPOINTS / f"{stage}.safetensors"
    state = None if prefer_committed else checkpoint.load(RUNS / stage / "last.pt")
    if state is not None:
        return state["weights"], state["facts"]
    if committed.exists():
        with safe_open(committed, "pt") as file:
            facts = json.loads((file.metadata() or {}).get("facts", "{}"))
        return {k: v.float() if v.is_floating_point() else v for k, v in load_file(committed).items()}, facts
    return None


def halved(tensor: torch.Tensor) -> torch.Tensor:
    """In fp16, which is enough for weights; as it is where fp16 has no room for it (a variance of 10^6, say) or it holds whole numbers."""
    fits = tensor.dtype == torch.float32 and bool(tensor.abs().max() < torch.finfo(torch.float16).max)
    return (tensor.half() if fits else tensor).contiguous()


def commit_all() -> None:
    """Writes every stage's weights as fp16 safetensors to training/checkpoints, small enough for git."""
    for stage in STAGES:
        state = checkpoint.load(RUNS / stage / "last.pt")
        if state is None:
            continue
        tensors = {k: halved(v) for k, v in state["weights"].items()}
        path = CHECKPOINTS / f"{stage}.safetensors"
        with writing(path) as temporary:
            save_file(tensors, temporary, {"facts": json.dumps(state["facts"])})
        print(f"{stage}: {path.stat().st_size / 1e6:.1f} MB, {state['facts']}")


if __name__ == "__main__":
    commit_all()
