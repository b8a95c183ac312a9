"""Writes src/core/metrics/golden/distributions.json: Fréchet distance, precision and recall, calibration error by numpy and scipy.

Run: python training/golden/distributions.py (needs scipy beside the training requirements).
"""

import json
from pathlib import Path

import numpy as np
from scipy.linalg import sqrtm
from scipy.spatial.distance import cdist

OUT = Path(__file__).resolve().parents[2] / "src/core/metrics/golden"
rng = np.random.default_rng(2019)


def frechet(a: np.ndarray, b: np.ndarray) -> float:
    p, q = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    return float(np.sum((a.mean(0) - b.mean(0)) ** 2) + np.trace(p + q - 2 * sqrtm(p @ q).real))


def covered(vectors: np.ndarray, manifold: np.ndarray, k: int) -> float:
    radii = np.sort(cdist(manifold, manifold), 1)[:, k]  # column 0 is the vector itself
    return float((cdist(vectors, manifold) <= radii).any(1).mean())


def calibration(confidence: np.ndarray, right: np.ndarray, bins: int) -> dict:
    which = np.minimum((confidence * bins).astype(int), bins - 1)
    rows = [(which == b) for b in range(bins)]
    ece = sum(abs(confidence[r].mean() - right[r].mean()) * r.mean() for r in rows if r.any())
    return {"confidence": confidence.tolist(), "right": right.tolist(), "bins": bins, "ece": ece, "counts": [int(r.sum()) for r in rows]}


def main() -> None:
    cases = []
    for n, m, d, shift in ((30, 40, 4, 0.0), (50, 50, 6, 0.8), (5, 7, 6, 0.3)):
        mix = rng.normal(size=(d, d))
        a, b = rng.normal(size=(n, d)) @ mix, rng.normal(size=(m, d)) @ mix * 0.8 + shift
        row = {"a": a.tolist(), "b": b.tolist(), "frechet": frechet(a, b)}
        cases.append(row | {"k": 3, "precision": covered(b, a, 3), "recall": covered(a, b, 3)})
    confidence = rng.uniform(0.4, 1, 200)
    right = rng.uniform(size=200) < confidence ** 1.5
    golden = {"sets": cases, "calibration": [calibration(confidence, right, 15), calibration(confidence[:9], right[:9], 4)]}
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "distributions.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
