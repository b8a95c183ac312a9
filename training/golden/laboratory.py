"""What torch says about the laboratory's network, DDM's loss in both signs and their gradients.

    python -m training.golden.laboratory

Writes workers/laboratory/golden/laboratory.json. The loss is training/variants/ddm.py's own (`terms_of`); the network is spelled out anew from the formulas
of workers/laboratory/network.ts.
"""

from __future__ import annotations

import json
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from training.paths import ROOT
from training.variants.ddm import terms_of

OUT = ROOT / "workers" / "laboratory" / "golden" / "laboratory.json"
PIXELS, WIDTH, BLOCKS, SEEN, BATCH, WAVES = 6, 5, 2, 4, 3, 32
ALPHA = 0.2


def flat(x: Tensor) -> list[float]:
    return [round(v, 8) for v in x.detach().flatten().tolist()]


def weights() -> dict[str, Tensor]:
    dims: dict[str, tuple[int, ...]] = {"into.w": (PIXELS, WIDTH), "into.b": (WIDTH,), "into.t": (WAVES, WIDTH)}
    for k in range(BLOCKS):
        dims |= {f"{k}.a": (WIDTH, WIDTH), f"{k}.c": (WIDTH,), f"{k}.t": (WAVES, WIDTH), f"{k}.b": (WIDTH, WIDTH), f"{k}.d": (WIDTH,)}
    dims |= {"out.w": (WIDTH, PIXELS), "out.b": (PIXELS,), "seen.w": (PIXELS, SEEN), "seen.b": (SEEN,), "told.w": (SEEN, 2), "told.b": (2,)}
    return {name: (0.5 * torch.randn(*size)).requires_grad_() for name, size in dims.items()}


def predict(w: dict[str, Tensor], x: Tensor, wave: Tensor) -> Tensor:
    h = F.linear(x, w["into.w"].T, w["into.b"]) + wave @ w["into.t"]
    for k in range(BLOCKS):
        inner = F.linear(F.layer_norm(h, (WIDTH,)), w[f"{k}.a"].T, w[f"{k}.c"]) + wave @ w[f"{k}.t"]
        h = h + F.linear(F.silu(inner), w[f"{k}.b"].T, w[f"{k}.d"])
    return F.linear(F.silu(F.layer_norm(h, (WIDTH,))), w["out.w"].T, w["out.b"])


class Seen:
    """An indicator as terms_of calls it: one model."""

    def __init__(self, w: dict[str, Tensor]) -> None:
        self.w = w

    def __call__(self, eps: Tensor, frozen: bool = False) -> Tensor:
        w = {k: v.detach() if frozen else v for k, v in self.w.items()}
        return F.linear(F.relu(F.linear(eps[0], w["seen.w"].T, w["seen.b"])), w["told.w"].T, w["told.b"])[None]


def main() -> None:
    torch.manual_seed(4)
    w = weights()
    x, velocity = torch.randn(BATCH, PIXELS), torch.randn(BATCH, PIXELS)
    signal = torch.tensor([[0.9], [0.4], [0.02]])
    mix = torch.cat([signal.sqrt(), (1 - signal).sqrt()], 1)
    timesteps, labels = [3, 500, 998], torch.tensor([0, 1, 1])
    rates = torch.exp(-torch.log(torch.tensor(10_000.0, dtype=torch.float64)) / 16 * torch.arange(16))
    angles = torch.tensor(timesteps, dtype=torch.float64)[:, None] * rates
    wave = torch.cat([angles.sin(), angles.cos()], 1).float()
    forms: dict[str, Any] = {}
    for form in ("ddm", "ddm-adv"):
        for value in w.values():
            value.grad = None
        v = predict(w, x, wave)
        eps = mix[:, :1] * v + mix[:, 1:] * x
        terms = terms_of(eps[None], eps.detach()[None], Seen(w), labels[None], torch.tensor([ALPHA]), torch.tensor([form == "ddm-adv"]))  # type: ignore[arg-type]
        error = (v - velocity).square().mean()
        total = (1 - ALPHA) * error + terms.total.sum()  # whose own squared error is 0
        total.backward()
        forms[form] = {"total": round(total.item(), 8), "mse": round(error.item(), 8), "gradient": {k: flat(p.grad) for k, p in w.items()}}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({
        "note": "made by python -m training.golden.laboratory in torch; arrays are row-major",
        "shape": {"pixels": PIXELS, "width": WIDTH, "blocks": BLOCKS, "seen": SEEN}, "batch": BATCH, "alpha": ALPHA, "timesteps": timesteps,
        "weights": {k: flat(v) for k, v in w.items()}, "x": flat(x), "velocity": flat(velocity), "mix": flat(mix), "wave": flat(wave), "labels": labels.tolist(),
        "v": flat(predict(w, x, wave)), "forms": forms}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
