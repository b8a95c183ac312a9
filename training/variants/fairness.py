"""FD, SPD and Fréchet distance with intervals and floors, as src/core/metrics has them (golden values in training/tests/test_fairness.py)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
RESAMPLES = 2000


def fd(shares: Array | list[float], target: Array | list[float] | None = None) -> float:
    """Fairness discrepancy ||q - f||_2 (Choi et al. 2020). @param shares K shares or mean probabilities, sum 1. @param target q; equal if absent."""
    f = np.asarray(shares, np.float64)
    q = np.full(len(f), 1 / len(f)) if target is None else np.asarray(target, np.float64)
    if len(q) != len(f):
        raise ValueError(f"A target of {len(q)} shares does not fit {len(f)} values.")
    return float(np.linalg.norm(f - q))


def spd(right0: int, n0: int, right1: int, n1: int) -> float:
    """Statistical parity difference |P(y | A = 0) - P(y | A = 1)|. @raises ValueError if a group is empty or has more hits than persons."""
    for right, n in ((right0, n0), (right1, n1)):
        if not 0 <= right <= n or n == 0:
            raise ValueError(f"A group needs hits within 0..n, n > 0, got {right} of {n}.")
    return abs(right0 / n0 - right1 / n1)


def fd_floor(n: int) -> float:
    """Mean hard FD of n pictures, K = 2, from a model that is exactly fair: sqrt(2) E|x/n - 1/2|, x binomial."""
    logs = [math.lgamma(n + 1) - math.lgamma(x + 1) - math.lgamma(n - x + 1) - n * math.log(2) for x in range(n + 1)]
    return math.sqrt(2) * sum(math.exp(p) * abs(x / n - 0.5) for x, p in enumerate(logs))


def spd_floor(n: int, share: float) -> float:
    """Mean |difference| of two shares of n pictures each where both are `share`: the folded normal's mean, 2 sqrt(p (1 - p) / (pi n))."""
    return 2 * math.sqrt(share * (1 - share) / (math.pi * n))


def frechet(a: Array, b: Array) -> float:
    """Squared Fréchet distance of two normals fitted to features [n, d] and [m, d] (Dowson and Landau 1982), as src/core/metrics/frechet.ts."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    p, q = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    values, vectors = np.linalg.eigh(p)
    root = (vectors * np.sqrt(values.clip(0))) @ vectors.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ q @ root).clip(0)).sum()
    return max(0.0, float(((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(p) + np.trace(q) - 2 * cross))


def spread(values: list[Array], measure: object, random: np.random.Generator) -> tuple[float, float]:
    """95 % percentile interval of the mean over training seeds: seeds are resampled, then pictures within each (methods: resample what
    is independent first). @param values per seed an array whose rows are pictures. @param measure rows to a number."""
    assert callable(measure)
    drawn = np.empty(RESAMPLES)
    for k in range(RESAMPLES):
        seeds = random.integers(0, len(values), len(values))
        drawn[k] = np.mean([measure(values[s][random.integers(0, len(values[s]), len(values[s]))]) for s in seeds])
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)
