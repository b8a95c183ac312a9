"""Low-rank adaptation (Hu et al. 2022) of linear layers, in the form that training/variant.py writes."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from training.whole import writing


class LoraLinear(nn.Module):
    """x W^T + b + alpha / rank * (x A^T) B^T, W and b frozen; B starts at zero, so that the model starts as it was."""

    def __init__(self, base: nn.Linear, rank: int, alpha: float) -> None:
        super().__init__()
        self.base = base.requires_grad_(False)
        self.a = nn.Parameter(torch.empty(rank, base.in_features, device=base.weight.device))
        self.b = nn.Parameter(torch.zeros(base.out_features, rank, device=base.weight.device))
        nn.init.kaiming_uniform_(self.a, math.sqrt(5))
        self.scale = alpha / rank
        self.strength = 1.0

    def forward(self, x: Tensor) -> Tensor:
        return self.base(x) + self.strength * self.scale * F.linear(F.linear(x, self.a), self.b)


class Lora:
    """The adapted layers of a module, by torch name ("text_model." in front is taken off, see training/VARIANTS.md)."""

    def __init__(self, module: nn.Module, endings: tuple[str, ...], rank: int, alpha: float) -> None:
        """@param endings which linear layers: their names' last parts. @raises ValueError when none ends so."""
        found = [(name, layer) for name, layer in module.named_modules() if isinstance(layer, nn.Linear) and name.endswith(endings)]
        if not found:
            raise ValueError(f"No linear layer's name ends in {' or '.join(endings)}.")
        self.alpha, self.layers = alpha, dict[str, LoraLinear]()
        for name, layer in found:
            parent, _, own = name.rpartition(".")
            adapted = LoraLinear(layer, rank, alpha)
            setattr(module.get_submodule(parent), own, adapted)
            self.layers[name.removeprefix("text_model.")] = adapted

    def parameters(self) -> list[nn.Parameter]:
        return [p for layer in self.layers.values() for p in (layer.a, layer.b)]

    def set_strength(self, strength: float) -> None:
        for layer in self.layers.values():
            layer.strength = strength

    def pairs(self) -> dict[str, tuple[Tensor, Tensor]]:
        """Module to A [rank, in] and B [out, rank]."""
        return {name: (layer.a.detach().cpu(), layer.b.detach().cpu()) for name, layer in self.layers.items()}

    def load(self, pairs: dict[str, tuple[Tensor, Tensor]]) -> None:
        with torch.no_grad():
            for name, (a, b) in pairs.items():
                self.layers[name].a.copy_(a)
                self.layers[name].b.copy_(b)


def save_delta(path: Path, lora: dict[str, Lora], embeddings: dict[str, Tensor], facts: str) -> None:
    """What a run left behind, whole or not at all; training.variants.publish makes the studio's variant of it."""
    tensors: dict[str, Tensor] = dict(embeddings)
    for part, adapted in lora.items():
        for name, (a, b) in adapted.pairs().items():
            tensors |= {f"{part}.{name}.lora_A.weight": a, f"{part}.{name}.lora_B.weight": b, f"{part}.{name}.alpha": torch.tensor(float(adapted.alpha))}
    with writing(path) as temporary:
        save_file({k: v.detach().cpu().half().contiguous() for k, v in tensors.items()}, temporary, {"facts": facts})


def read_delta(path: Path) -> tuple[dict[str, dict[str, tuple[Tensor, Tensor]]], dict[str, Tensor], float | None]:
    """@returns LoRA pairs by part and module, embeddings by token, and alpha."""
    lora: dict[str, dict[str, Any]] = {}
    embeddings: dict[str, Tensor] = {}
    alpha = None
    for key, value in load_file(path).items():
        if key.startswith("<"):
            embeddings[key] = value.float()
        elif key.endswith(".alpha"):
            alpha = float(value)
        else:
            part, rest = key.split(".", 1)
            name, which = rest.rsplit(".lora_", 1)
            lora.setdefault(part, {}).setdefault(name, {})[which[0]] = value.float()
    return {part: {name: (p["A"], p["B"]) for name, p in modules.items()} for part, modules in lora.items()}, embeddings, alpha
