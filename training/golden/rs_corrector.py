"""What torch says about the losses of RS-Corrector and their gradients.

    python -m training.golden.rs_corrector

Writes workers/projector/golden/rs_corrector.json: the contrastive loss by the weights, the prior and the direct loss by the
latent (through the pooling), and what three steps of Adam make of the weights. The formulas are those of methods.md 4.1, in
torch's own terms (autograd, adaptive_avg_pool2d), not a copy of the TypeScript.
"""

from __future__ import annotations

import json
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.paths import ROOT

OUT = ROOT / "workers" / "projector" / "golden" / "rs_corrector.json"
LATENT, GRID = (2, 18, 20), 16
"""Neither square nor a multiple of the 16 cells that it is pooled to, so that no side can be mistaken for another."""
HIDDEN, OUTPUTS, FAIR, STEREOTYPICAL = 7, 5, 6, 4
TAU, MARGIN, RATE = 0.1, 1.0, 1e-3


def flat(x: Tensor) -> list[float]:
    return [round(v, 9) for v in x.detach().flatten().tolist()]


class Projector(nn.Module):
    """Pooled latents [N, 512] to unit vectors [N, 5]."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(LATENT[0] * GRID**2, HIDDEN)
        self.second = nn.Linear(HIDDEN, OUTPUTS)

    def forward(self, pooled: Tensor) -> Tensor:
        return F.normalize(self.second(F.gelu(self.first(pooled), approximate="tanh")), dim=-1)

    def values(self, of: str = "data") -> dict[str, list[float]]:
        """Weights or gradients; matrices as [in, out]."""
        pick = lambda p: getattr(p, of)
        return {"w1": flat(pick(self.first.weight).T), "b1": flat(pick(self.first.bias)),
                "w2": flat(pick(self.second.weight).T), "b2": flat(pick(self.second.bias))}


def contrastive(f: Tensor) -> Tensor:
    """Pairs spelled out one by one."""
    sim = torch.exp(f @ f.T / TAU)
    terms = [-torch.log(sim[i, j] / (sim[i, j] + sim[i, FAIR:].sum())) for i in range(FAIR) for j in range(FAIR) if i != j]
    return torch.stack(terms).mean()


def pooled(latent: Tensor) -> Tensor:
    return F.adaptive_avg_pool2d(latent, GRID).flatten(-3)


def guidance(model: Projector, latent: Tensor, fair: Tensor, stereotypical: Tensor, samples: Tensor) -> dict[str, Any]:
    """Both losses at a latent [2, 18, 20] and their gradients by it. fair, stereotypical: prior vectors; samples: pooled latents [2, 512]."""
    latent = latent.clone().requires_grad_()
    f = model(pooled(latent))
    prior = -torch.log(torch.exp(f @ fair / TAU) / (torch.exp(f @ fair / TAU) + torch.exp(f @ stereotypical / TAU)))
    by_prior, = torch.autograd.grad(prior, latent)
    g, near, far = (x / x.numel() ** 0.5 for x in (pooled(latent), *samples))
    direct = (g - near).square().sum() + (MARGIN - (g - far).norm()).clamp(min=0).square()
    by_direct, = torch.autograd.grad(direct, latent)
    return {"prior": float(prior.detach()), "direct": float(direct.detach()), "by_prior": flat(by_prior), "by_direct": flat(by_direct)}


def main() -> None:
    torch.manual_seed(11)
    torch.set_default_dtype(torch.float64)
    model = Projector()
    latents = 0.6 * torch.randn(FAIR + STEREOTYPICAL, *LATENT)
    rows = pooled(latents)
    golden: dict[str, Any] = {"latentDims": LATENT, "hidden": HIDDEN, "outputs": OUTPUTS, "fair": FAIR, "stereotypical": STEREOTYPICAL, "tau": TAU,
                              "margin": MARGIN, "rate": RATE, "weights": model.values(), "latents": flat(latents), "pooled": flat(rows)}
    embedded = model(rows).detach()
    golden["embedded"] = flat(embedded)
    fair, stereotypical = (F.normalize(part.mean(0), dim=0) for part in (embedded[:FAIR], embedded[FAIR:]))
    golden["guidance"] = {"latent": 0, "fairSample": 1, "stereotypicalSample": FAIR, "fair": flat(fair), "stereotypical": flat(stereotypical),
                          **guidance(model, latents[0], fair, stereotypical, rows[[1, FAIR]])}
    optimizer = torch.optim.Adam(model.parameters(), RATE)
    losses = []
    for step in range(3):
        loss = contrastive(model(rows))
        optimizer.zero_grad()
        loss.backward()
        if step == 0:
            golden["gradient"] = model.values("grad")
        optimizer.step()
        losses.append(float(loss.detach()))
    golden["losses"] = losses
    golden["afterAdam"] = model.values()
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
