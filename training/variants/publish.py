"""From deltas and figures in training/runs to variants that the studio offers: `python -m training.variants.publish` (see training/VARIANTS.md)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from safetensors import safe_open

from training import variant
from training.paths import MODEL, RUNS
from training.variants.dreambooth import WORD
from training.variants.lora import read_delta
from training.variants.textual_inversion import INITIALIZER, TOKEN

DDM = ("Huang et al., Debiasing Diffusion Model, arXiv 2503.12536, 2025; loss, indicator and LoRA as in the official code. Ours: the data (\"a person\", nine men for a woman), "
       "the rate, batches, half of the rows with the class in words")
DDM_LIMITS = ["It learnt an imbalanced set on purpose: hold it against the DDM variant of alpha 0, not against the base.",
              "Only \"a photo of a person\", \"... a man\" and \"... a woman\" were trained and measured."]
RAISED = ("The indicator does not lower FD here: without it 0.45 [0.39, 0.51], with it 0.48 and 0.66 at alpha 0.05 and 0.2, with the sign turned 0.51 and 0.59 "
          "(\"a photo of a person\", n = 300, floor 0.03; docs/ddm.md).")
ADVERSARIAL = DDM + "; the adversarial sign (the denoiser maximises the indicator's entropy) is ours."
SHEN = ("Shen et al., Finetuning Text-to-Image Diffusion Models for Fairness, ICLR 2024: distributional alignment loss, adjusted direct fine-tuning. "
        "Ours: world-CLIP as the only preservation term, coefficients for v-prediction, rank 16, fewer iterations at a larger rate.")
READER = "It learnt from the reader that the studio ships, which may flatter it there; its figures are by another reader."
BLURRED = ("An independent reader reads 42 % of its people as neither woman nor man (the base's: 6 %, n = 52; docs/variants.md): part of what evens its shares out "
           "is that presentation is blurred. It saw 1,176 images; more would be needed.")
CARDS: dict[str, dict[str, Any]] = {
    "ddm-people-000": dict(name="DDM, alpha 0", method="ddm", evidence="after", citation=DDM + ".", limits=DDM_LIMITS,
                           summary="Fine-tuned on nine men for a woman, without the indicator: what the other DDM variants compare with."),
    "ddm-people-050": dict(name="DDM, alpha 0.05", method="ddm", evidence="after", citation=DDM + ".", limits=[*DDM_LIMITS, RAISED],
                           summary="Fine-tuned on nine men for a woman while an indicator keeps the two groups apart in the predicted noise. Women come no more often for it."),
    "ddm-people-200": dict(name="DDM, alpha 0.2", method="ddm", evidence="after", citation=DDM + ".", limits=[*DDM_LIMITS, RAISED],
                           summary="As DDM with alpha 0.05, the indicator's term four times as strong: women come less often, even when asked for."),
    "ddm-adv-people-050": dict(name="DDM adversarial, alpha 0.05", method="ddm-adv", evidence="ours", citation=ADVERSARIAL, limits=[*DDM_LIMITS, RAISED],
                               summary="Fine-tuned on nine men for a woman while the predicted noise is made to hide the group from an indicator. Women come no more often for it."),
    "ddm-adv-people-200": dict(name="DDM adversarial, alpha 0.2", method="ddm-adv", evidence="ours", citation=ADVERSARIAL, limits=[*DDM_LIMITS, RAISED],
                               summary="As adversarial DDM with alpha 0.05, the indicator's term four times as strong: women come less often."),
    "fine-tune-gender": dict(name="Fine-tuned for gender", method="fine-tune", evidence="after", citation=SHEN, limits=[READER, BLURRED],
                             summary="The text encoder was taught to draw women and men alike often for every occupation, and to change little else."),
    "fine-tune-gender-tone": dict(name="Fine-tuned for gender and skin tone", method="fine-tune", evidence="after", citation=SHEN, limits=[READER],
                                  summary="The text encoder was taught to draw every gender and skin tone alike often for every occupation, and to change little else."),
    "dreambooth": dict(name="DreamBooth on a fair set", method="dreambooth", evidence="after",
                       citation="Ruiz et al., DreamBooth, CVPR 2023; on a fair set as RS-Corrector's baseline. Ours: LoRA of the denoiser's attention, rank 8.",
                       prompt={"words": {}, "otherwise": f"{{prompt}} {WORD}"}, limits=["It imitates the fair set's pictures; nothing in its loss counts who is drawn."],
                       summary=f"The word \"{WORD}\" behind the prompt stands for pictures like a fair set's; without it the model is held to what it drew."),
    "textual-inversion": dict(name="Textual Inversion of a fair set", method="textual-inversion", evidence="after",
                              citation="Gal et al., An Image is Worth One Word, ICLR 2023; on a fair set as RS-Corrector's baseline. Ours: the token stands behind the prompt.",
                              tokens=[{"token": TOKEN, "initializer": INITIALIZER}], prompt={"words": {}, "otherwise": f"{{prompt}} {TOKEN}"},
                              limits=["It imitates the fair set's pictures; nothing in its loss counts who is drawn."],
                              summary="A learned word behind the prompt stands for pictures like a fair set's; the model itself is untouched."),
}
COMMANDS = {"ddm": "ddm_lora", "ddm-adv": "ddm_lora", "fine-tune": "fine_tune", "dreambooth": "dreambooth", "textual-inversion": "textual_inversion"}


def publish(id: str, model: Path = MODEL) -> Path | None:
    """@returns the variant's folder, or None where there is no delta of it."""
    path, card = RUNS / id / "delta.safetensors", CARDS[id]
    if not path.exists():
        return None
    lora, embeddings, alpha = read_delta(path)
    with safe_open(path, "pt") as file:
        facts = json.loads((file.metadata() or {}).get("facts", "{}"))
    figures_at = RUNS / id / "figures.json"
    command = f"python -m training.variants.{COMMANDS[card['method']]}" + (f" --attributes {' '.join(facts['attributes'])}" if "attributes" in facts else "")
    shown = {k: v for k, v in facts.items() if isinstance(v, (str, int, float)) and not isinstance(v, bool)}
    return variant.write(model, id=id, **card, lora=lora, embeddings=embeddings, alpha=alpha, training={"command": command, **shown},
                         figures=json.loads(figures_at.read_text()) if figures_at.exists() else [])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ids", nargs="*", default=list(CARDS), help="some of the variants")
    for id in parser.parse_args().ids:
        folder = publish(id)
        print(f"{id}: {'no delta in training/runs' if folder is None else folder}")


if __name__ == "__main__":
    main()
