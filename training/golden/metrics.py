"""Writes src/core/metrics/golden/metrics.json: statistics by scipy, statsmodels and skimage. Run: python training/golden/metrics.py

Needs statsmodels and scikit-image beside the training requirements.
"""

import json
from pathlib import Path

import numpy as np
from scipy import special, stats
from skimage.metrics import peak_signal_noise_ratio, structural_similarity
from statsmodels.stats.contingency_tables import SquareTable, mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import multinomial_proportions_confint, proportion_confint

OUT = Path(__file__).resolve().parents[2] / "src/core/metrics/golden"
rng = np.random.default_rng(731)


def similarity(channels: int) -> dict:
    height, width = 17, 14
    a = rng.integers(0, 256, size=(height, width, channels), dtype=np.uint8)
    b = np.clip(a.astype(int) + rng.integers(-40, 41, size=a.shape), 0, 255).astype(np.uint8)
    return {
        "width": width, "height": height, "channels": channels, "a": a.ravel().tolist(), "b": b.ravel().tolist(),
        "psnr": peak_signal_noise_ratio(a, b, data_range=255),
        "ssim": structural_similarity(
            a, b, channel_axis=2, data_range=255, gaussian_weights=True, sigma=1.5, use_sample_covariance=False
        ),
    }


def mid_p(b: int, c: int) -> float:
    k, n = min(b, c), b + c
    return min(1.0, 2 * stats.binom.cdf(k, n, 0.5) - stats.binom.pmf(k, n, 0.5))


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    tables = [
        [[20, 10, 5], [3, 30, 15], [0, 5, 40]],
        [[5, 2, 0, 1], [4, 6, 3, 2], [1, 1, 9, 0], [7, 2, 2, 11]],
        [[10, 4], [9, 3]],
    ]
    square = [SquareTable(np.array(t), shift_zeros=False).homogeneity("stuart_maxwell") for t in tables]
    fits = [([18, 7, 5], [0.5, 0.3, 0.2]), ([60, 40, 50, 90], [0.25] * 4), ([3, 0, 9], [1 / 3] * 3)]
    ps = [0.01, 0.04, 0.03, 0.005, 0.5, 0.012]
    golden = {
        "chiSquareTail": [[x, df, stats.chi2.sf(x, df)] for df in (1, 2, 3, 7, 20) for x in (0.01, 0.5, 3.84, 11, 60)],
        "normalQuantile": [[p, special.ndtri(p)] for p in (1e-9, 1e-4, 0.025, 0.2, 0.4999, 0.5, 0.8, 0.975, 0.99999)],
        "logGamma": [[x, special.gammaln(x)] for x in (0.5, 1, 2.5, 10, 171.3, 2000)],
        "wilson": [[x, n, level, *proportion_confint(x, n, 1 - level, "wilson")]
                   for x, n in ((0, 7), (3, 7), (50, 160), (99, 100)) for level in (0.9, 0.95)],
        "goodman": [[c, multinomial_proportions_confint(c, 0.05, "goodman").tolist()]
                    for c in ([12, 30, 8], [25, 10, 40, 25], [5, 6, 7, 8, 9, 10, 11, 12])],
        "binomial": [[x, n, p, stats.binomtest(x, n, p).pvalue]
                     for x, n, p in ((3, 10, 0.5), (0, 12, 0.3), (61, 100, 0.5), (5, 5, 0.9), (160, 400, 0.45))],
        "chiSquare": [[c, q, *stats.chisquare(c, np.array(q) * sum(c))] for c, q in fits],
        "mcNemar": [[b, c, mcnemar([[5, b], [c, 5]], exact=True).pvalue, mid_p(b, c)]
                    for b, c in ((10, 3), (0, 6), (7, 7), (1, 0), (40, 22))],
        "stuartMaxwell": [[t, float(s.statistic), int(s.df), float(s.pvalue)] for t, s in zip(tables, square, strict=True)],
        "holm": [ps, multipletests(ps, method="holm")[1].tolist()],
        "similarity": [similarity(1), similarity(3)],
    }
    (OUT / "metrics.json").write_text(json.dumps(golden, default=float))


if __name__ == "__main__":
    main()
