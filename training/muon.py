"""Muon (Jordan et al. 2024; scale of updates after Liu et al. 2025, "Muon is Scalable"): orthogonalised momentum for matrices and
convolutions, AdamW for the rest. On a short CPU budget it needs about half the samples that AdamW needs (see training/README.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from training.device import has_bf16


def orthogonalise(g: Tensor, steps: int = 5) -> Tensor:
    """Nearest semi-orthogonal matrices of a stack [K, R, C] by a quintic Newton-Schulz iteration."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16() if has_bf16() else g
    tall = x.shape[1] > x.shape[2]
    if tall:
        x = x.transpose(1, 2)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.transpose(1, 2)
        x = a * x + (b * s + c * (s @ s)) @ x
    return (x.transpose(1, 2) if tall else x).to(g.dtype)


class Muon(torch.optim.Optimizer):
    """Matrices of one shape are orthogonalised together, to keep the number of small operations low."""

    def __init__(self, params: Iterable[Tensor], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            grads = [p.grad for p in params]
            buffers = [self.state[p].setdefault("momentum", torch.zeros_like(p)) for p in params]
            torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
            updates = torch._foreach_lerp(grads, buffers, group["momentum"])
            stacks: dict[tuple[int, int], list[int]] = defaultdict(list)
            for k, update in enumerate(updates):
                stacks[(update.shape[0], update[0].numel())].append(k)
            torch._foreach_mul_(params, 1 - group["lr"] * group["weight_decay"])
            for shape, members in stacks.items():
                directions = orthogonalise(torch.stack([updates[k].flatten(1) for k in members]))
                scaled = [directions[i].view(params[k].shape) for i, k in enumerate(members)]
                torch._foreach_add_([params[k] for k in members], scaled, alpha=-group["lr"] * 0.2 * max(shape) ** 0.5)


class Pair:
    """Muon for inner weights of two or more dimensions, AdamW for biases, norms, embeddings and the layers named in `plain`,
    which get half the rate."""

    def __init__(self, module: nn.Module, rate: float, plain: tuple[str, ...] = (), weight_decay: float = 0.01) -> None:
        named = [(n, p) for n, p in module.named_parameters() if p.requires_grad]
        is_inner = lambda n, p: p.ndim >= 2 and min(p.shape[0], p.numel() // p.shape[0]) >= 16 and not any(x in n for x in plain)  # noqa: E731
        self.muon = Muon([p for n, p in named if is_inner(n, p)], rate, weight_decay=weight_decay)
        self.adam = torch.optim.AdamW([p for n, p in named if not is_inner(n, p)], rate, (0.9, 0.99), weight_decay=0.0)

    def set_rate(self, rate: float) -> None:
        for optimizer, factor in ((self.muon, 1.0), (self.adam, 0.5)):
            for group in optimizer.param_groups:
                group["lr"] = rate * factor

    def zero_grad(self) -> None:
        self.muon.zero_grad(set_to_none=True)
        self.adam.zero_grad(set_to_none=True)

    def step(self) -> None:
        self.muon.step()
        self.adam.step()

    def state_dict(self) -> dict[str, object]:
        return {"muon": self.muon.state_dict(), "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict[str, dict[str, object]]) -> None:
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
