"""Writes src/core/linalg/golden/linalg.json: the closed forms of the methods, by numpy. Run: python training/golden/linalg.py"""

import json
from pathlib import Path

import numpy as np

OUT = Path(__file__).resolve().parents[2] / "src/core/linalg/golden"
rng = np.random.default_rng(20240403)
D = 12


def rows(count: int) -> np.ndarray:
    return np.round(rng.normal(size=(count, D)), 4)


def edit(source: np.ndarray, target: np.ndarray, preserve: np.ndarray, lam: float) -> np.ndarray:
    """The formula with the full D x D inverse, as the papers write it."""
    kept = preserve.T @ preserve
    numerator = lam * np.eye(D) + target.T @ source + kept
    return numerator @ np.linalg.inv(lam * np.eye(D) + source.T @ source + kept)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    source, target, preserve = rows(3), rows(3), rows(4)
    c_s, guidance = rows(1)[0], rows(2)
    difference = (c_s - guidance).T
    lam_null = 0.1 * np.mean(np.sum(difference**2, axis=0))
    lam_target = 0.1 * c_s @ c_s
    null = np.eye(D) - difference @ np.linalg.inv(lam_null * np.eye(2) + difference.T @ difference) @ difference.T
    factor = rows(5)[:, :5]
    symmetric = np.round(factor + factor.T, 4)
    values, vectors = np.linalg.eigh(symmetric)
    general, right = rows(5)[:, :5], rows(5)[:, :2]
    golden = {
        "edit": {"source": source, "target": target, "preserve": preserve, "lambda": 0.5,
                 "m": edit(source, target, preserve, 0.5)},
        "mist": {"source": c_s, "guidance": guidance, "preserve": preserve, "rho": 0.1, "null": null,
                 "target": edit(c_s[None], guidance[:1], np.zeros((0, D)), lam_target),
                 "targetPreserved": edit(c_s[None], guidance[:1], preserve, lam_target)},
        "eigen": {"a": symmetric, "values": values[::-1], "vectors": vectors.T[::-1]},
        "singularValues": {"rows": preserve, "values": np.linalg.svd(preserve, compute_uv=False)},
        "solve": {"a": general, "b": right, "x": np.linalg.solve(general, right)},
    }
    (OUT / "linalg.json").write_text(json.dumps(golden, default=lambda a: a.tolist()))


if __name__ == "__main__":
    main()
