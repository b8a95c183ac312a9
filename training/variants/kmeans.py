"""Pseudo-labels: 2-means of features, as DDM's case without sensitive attributes needs them (the paper's own labels are not published; ours)."""

from __future__ import annotations

import torch
from torch import Tensor


def two_means(features: Tensor, wanted: Tensor, classes: Tensor, starts: int = 8, rounds: int = 50) -> Tensor:
    """Lloyd's algorithm from several seeded starts, the tightest kept. @param features [n, d] to cluster. @param wanted [m, d] to label.
    @param classes true classes [n], only to name the clusters 0 and 1 so that figures can be read: training does not care which is which. @returns labels [m]."""
    random = torch.Generator().manual_seed(0)
    best: tuple[float, Tensor] | None = None
    for _ in range(starts):
        centres = features[torch.randperm(len(features), generator=random)[:2].to(features.device)]
        for _ in range(rounds):
            nearest = torch.cdist(features, centres).argmin(1)
            if bool((nearest == nearest[0]).all()):
                break
            centres = torch.stack([features[nearest == k].mean(0) for k in (0, 1)])
        spread = float(torch.cdist(features, centres).amin(1).square().mean())
        if best is None or spread < best[0]:
            best = (spread, centres)
    assert best is not None
    labels, own = (torch.cdist(f, best[1]).argmin(1) for f in (wanted, features))
    return 1 - labels if agreement(own, classes)["balanced"] < 0.5 else labels


def agreement(labels: Tensor, classes: Tensor) -> dict[str, float]:
    """How far pseudo-labels meet the true classes: share alike, share of the second cluster, and balanced accuracy (0.5 by chance)."""
    right = (labels == classes).float()
    return {"same": float(right.mean()), "second": float(labels.float().mean()),
            "balanced": float((right[classes == 0].mean() + right[classes == 1].mean()) / 2)}
