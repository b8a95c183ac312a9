"""Golden numbers for workers/methods/attention-guidance: block voting, alignment, cleaning and masked guidance, in torch.

    python -m training.golden.attention_guidance
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

OUT = Path(__file__).resolve().parents[2] / "workers/methods/attention-guidance/golden/attention_guidance.json"
SIZE = (12, 10)
LAYERS = [(12, 10, 0.5), (6, 5, 1.0), (6, 5, 1.0)]
LEAST = 1e-6
THRESHOLD = 0.3


def flat(t: Tensor, digits: int = 7) -> list[float]:
    return [round(float(x), digits) for x in t.flatten()]


def up(m: Tensor) -> Tensor:
    return F.interpolate(m[None, None], size=SIZE, mode="bilinear", align_corners=False)[0, 0]


def minmax(m: Tensor) -> Tensor:
    return (m - m.min()) / (m.max() - m.min())


def otsu(m: Tensor) -> float:
    """Every threshold between two neighbouring values, tried one by one."""
    values = m.flatten().unique()
    cuts = (values[1:] + values[:-1]) / 2
    scores = []
    for cut in cuts:
        low, high = m[m <= cut], m[m > cut]
        scores.append(float(len(low) * len(high) * (low.mean() - high.mean()) ** 2))
    return float(cuts[max(range(len(scores)), key=scores.__getitem__)])


def voted(maps: list[Tensor]) -> tuple[Tensor, Tensor]:
    total = sum(w for _, _, w in LAYERS)
    scaled = [minmax(up(m.clamp(min=LEAST).log())) for m in maps]
    votes = sum(w * (a > otsu(a)) for a, (_, _, w) in zip(scaled, LAYERS)) / total
    attention = sum(w * a for a, (_, _, w) in zip(scaled, LAYERS)) / total
    return votes, attention


def main() -> None:
    torch.manual_seed(3)
    torch.set_default_dtype(torch.float64)
    words = {name: [(torch.randn(h, w) * 2 - 4).exp() for h, w, _ in LAYERS] for name in ("noun", "modifier", "rival")}
    votes = {name: voted(maps) for name, maps in words.items()}
    (v, a), (_, m), (rv, ra) = votes["noun"], votes["modifier"], votes["rival"]
    score = v * (a + 0.5 * m) / 1.5
    kept = (score > 0) & (score >= THRESHOLD * score.max()) & (score >= rv * ra)
    median = F.pad(kept[None, None].double(), (1, 1, 1, 1), mode="replicate").unfold(2, 3, 1).unfold(3, 3, 1).flatten(4).median(-1).values[0, 0]
    kernel = torch.tensor([-1.0, 0.0, 1.0]).square().mul(-0.5).exp()
    kernel = kernel / kernel.sum()
    soft = F.conv2d(F.pad(median[None, None], (1, 1, 1, 1), mode="replicate"), torch.outer(kernel, kernel)[None, None])[0, 0]
    inside = median.bool()
    rows, columns = torch.meshgrid(torch.arange(SIZE[0]), torch.arange(SIZE[1]), indexing="ij")
    points = torch.stack((rows, columns), -1).double().reshape(-1, 2)
    apart = torch.cdist(points, points[~inside.flatten()]).min(1).values
    uncond, cond, *attributes = torch.randn(4, 3, *SIZE)
    guided = uncond + 2.2 * (cond - uncond)
    masks = [soft, 1 - soft]
    fair = guided + sum(3.3 * o * (e - cond) for o, e in zip(masks, attributes))
    golden: dict[str, Any] = {
        "height": SIZE[0], "width": SIZE[1], "threshold": THRESHOLD,
        "layers": [{"height": h, "width": w, "weight": weight} for h, w, weight in LAYERS],
        "words": {name: [flat(x, 12) for x in maps] for name, maps in words.items()},
        "resized": flat(up(words["noun"][1])), "otsu": otsu(minmax(words["noun"][0])),
        "votes": flat(v), "attention": flat(a), "score": flat(score), "kept": flat(kept), "median": flat(median), "soft": flat(soft),
        "distances": flat(apart), "uncond": flat(uncond), "cond": flat(cond), "attributes": [flat(x) for x in attributes], "fair": flat(fair),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
