"""DDM in the official code's own form: LoRA of the embedded denoiser and text encoder on an imbalanced set of "a person", with the indicator on
the predicted noise: `python -m training.variants.ddm_lora` (after training.variants.alone). One variant for each strength and sign.

From the code: rank 8, scale 32, to_q and to_v of the denoiser, q_proj and v_proj of the text encoder, AdamW with weight decay 0.01, gradients clipped by value at
1, timesteps uniform, indicator 1024 and 512 wide. Ours: the rate (3e-4, theirs 1e-5 for 16,000 pictures one by one), batches, half of the rows with the class in words.
Every setting sees equally many samples.
"""

from __future__ import annotations

import json

import numpy as np
import torch
from torch import Tensor

from training.device import device
from training.paths import RUNS
from training.variants.adapting import Adaptation, adapt, arguments
from training.variants.alone import Alone
from training.variants.ddm import Indicator, terms_of
from training.variants.embedded import DROPPED, Embedded, Fair, draw, predict
from training.variants.fairness import fd, fd_floor, spread
from training.variants.lora import Lora
from training.variants.people_reader import read_classes
from training.whole import writing

PROMPTS = ("a photo of a person", "a photo of a man", "a photo of a woman", "")
SETTINGS = ((0.0, False), (0.05, False), (0.05, True), (0.2, False), (0.2, True))
"""Weight of the indicator's term, and whether it is adversarial."""


def id_of(alpha: float, adversarial: bool) -> str:
    return f"ddm{'-adv' if adversarial else ''}-people-{round(1000 * alpha):03d}"


def nine_to_one(alone: Alone, seed: int) -> tuple[Tensor, Tensor]:
    """Rows of nine men for a woman, and 1 for women."""
    classes = torch.from_numpy(alone.classes("gender"))[:alone.trained]
    random = torch.Generator().manual_seed(seed)
    men, women = (rows[torch.randperm(len(rows), generator=random)] for rows in (torch.nonzero(classes == k).flatten() for k in (0, 1)))
    least = min(len(men) // 9, len(women))
    return torch.cat([men[:9 * least], women[:least]]).to(device()), torch.cat([torch.zeros(9 * least), torch.ones(least)]).long().to(device())


@torch.no_grad()
def measure(pipeline: Embedded, id: str, count: int) -> None:
    """FD of "a photo of a person" and SPD of "a photo of a man" against "a photo of a woman", read by the independent reader, into figures.json."""
    random = np.random.default_rng(0)
    ids, empty = pipeline.ids(list(PROMPTS)), pipeline.rows(pipeline.ids([""]))

    def women(prompt: int, n: int) -> np.ndarray:
        """Of clearly read pictures, whether a woman: 0 or 1; pictures without a head are left out."""
        chance, clear = read_classes("gender", draw(pipeline, ids[[prompt] * n], empty, 80_000))
        return (chance[clear, 1] > 0.5).cpu().numpy().astype(float)

    person, man, woman = women(0, count), women(1, count // 2), women(2, count // 2)
    share = lambda rows: fd([1 - rows.mean(), rows.mean()])  # noqa: E731
    right = [1 - man, woman]
    gap = [abs(right[0][random.integers(0, len(man), len(man))].mean() - right[1][random.integers(0, len(woman), len(woman))].mean()) for _ in range(2000)]
    figures = [
        {"name": "FD gender, a photo of a person", "value": share(person), "n": len(person), "interval": spread([person], share, random)},
        {"name": "floor of FD", "value": fd_floor(len(person)), "n": len(person), "interval": [fd_floor(len(person))] * 2},
        {"name": "SPD gender, man asked for against woman", "value": abs(right[0].mean() - right[1].mean()), "n": len(man) + len(woman), "interval": np.percentile(gap, [2.5, 97.5]).tolist()},
        {"name": "asked and read: man", "value": right[0].mean(), "n": len(man), "interval": spread([right[0]], np.mean, random)},
        {"name": "asked and read: woman", "value": right[1].mean(), "n": len(woman), "interval": spread([right[1]], np.mean, random)},
    ]
    figures = [{**f, "value": round(float(f["value"]), 4), "interval": [round(float(x), 4) for x in f["interval"]], "target": None, "ok": True} for f in figures]
    with writing(RUNS / id / "figures.json") as path:
        path.write_text(json.dumps(figures))
    for f in figures:
        print(f"{id}: {f['name']} {f['value']} {f['interval']}", flush=True)


def main() -> None:
    parser = arguments(__doc__, 3e-4, 8_000)
    parser.add_argument("--batch", type=int, default=32 if device().type == "cuda" else 16)
    parser.add_argument("--count", type=int, default=600, help="pictures of a person, and as many of men and women together")
    parser.add_argument("--settings", type=int, default=len(SETTINGS), help="only the first so many")
    options = parser.parse_args()
    chosen = SETTINGS[:options.settings]
    for alpha, adversarial in chosen:
        torch.manual_seed(options.seed)
        pipeline = Embedded()
        fair = Fair.load(pipeline.scale)
        rows, classes = nine_to_one(fair.alone, options.seed)
        lora = {"unet": Lora(pipeline.unet, ("to_q", "to_v"), 8, 32), "text_encoder": Lora(pipeline.clip.text, ("q_proj", "v_proj"), 8, 32)}
        indicator = Indicator(1, fair.latents[0].numel()).to(device())
        ids = pipeline.ids(list(PROMPTS))
        strength, sign = torch.tensor([alpha], device=device()), torch.tensor([adversarial], device=device())

        def step() -> dict[str, Tensor]:
            which = torch.randint(len(rows), (options.batch,), device=device())
            y = classes[which]
            asked = torch.where(torch.rand(options.batch, device=device()) < 0.5, 0, 1 + y)
            asked = torch.where(torch.rand(options.batch, device=device()) < DROPPED, len(PROMPTS) - 1, asked)
            said = predict(pipeline, fair.latents[rows[which]].float(), pipeline.rows(ids)[asked])
            # The squared error is weighted over noise levels as the denoiser was trained with.
            terms = terms_of(said.loss().mean()[None], said.eps[None], indicator, y[None], strength, sign)
            return {"loss": terms.total.sum(), "mse": terms.mse.sum(), "ce": terms.ce.sum(), "entropy": terms.entropy.sum()}

        parameters = [*lora["unet"].parameters(), *lora["text_encoder"].parameters(), *indicator.parameters()]
        variant = Adaptation(id_of(alpha, adversarial), parameters, step, options.batch, lora, clip_value=1.0,
                             facts={"alpha": alpha, "adversarial": adversarial, "data": "a person, nine men for a woman", "pictures": len(rows)})
        seen = adapt(variant, options, options.minutes / len(chosen))
        if seen is None:
            return
        if seen < options.samples:
            raise SystemExit(f"{variant.id} has seen {seen} of {options.samples} samples. Strengths compare only after equally many: start again with more minutes, or fewer --samples for all.")
        measure(pipeline, variant.id, options.count)


if __name__ == "__main__":
    main()
