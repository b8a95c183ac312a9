"""DreamBooth (Ruiz et al. 2023, as RS-Corrector's baseline) as LoRA: `python -m training.variants.dreambooth` (after training.variants.alone).

E ||eps - eps_theta(z_t, t, c("a photo of a doctor sks"))||^2 on a fair set of people, plus lambda (1) times the same on the base's own pictures of "a photo of a doctor":
prior preservation. "sks" is the usual word that means nothing; it stands behind the prompt, so that it fits every prompt.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.device import device
from training.models.vae import CHANNELS
from training.sampling import starting_noise
from training.variants.adapting import Adaptation, adapt, arguments, measure
from training.variants.embedded import DROPPED, Embedded, Fair, predict
from training.variants.lora import Lora
from training.variants.textual_inversion import fair_prompts

WORD = "sks"
PRIOR_WEIGHT = 1.0


@torch.no_grad()
def prior_pictures(pipeline: Embedded, prompts: list[str], each: int, part: int = 240) -> tuple[Tensor, Tensor]:
    """The base's own latents of every prompt, and the prompt's index of each."""
    which = torch.arange(len(prompts), device=device()).repeat_interleave(each)
    rows, empty = pipeline.rows(pipeline.ids(prompts)), pipeline.rows(pipeline.ids([""]))
    out = []
    for own in which.split(part):
        noise = starting_noise([500_000 + len(out) * part + k for k in range(len(own))], (CHANNELS, 16, 16)).to(device())
        out.append(pipeline.sample(rows[own], noise, empty)[0])
    return torch.cat(out), which


def main() -> None:
    parser = arguments(__doc__, 5e-4, 200_000)
    parser.add_argument("--batch", type=int, default=64 if device().type == "cuda" else 8, help="of the fair set, and as many of the prior")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--prior", type=int, default=40, help="pictures of the base per prompt")
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    pipeline = Embedded()
    fair, prompts = Fair.load(pipeline.scale), fair_prompts()
    prior, prior_prompt = prior_pictures(pipeline, prompts, options.prior)
    lora = Lora(pipeline.unet, ("to_q", "to_k", "to_v", "to_out.0"), options.rank, options.rank)
    with torch.no_grad():
        text = pipeline.rows(pipeline.ids([f"{p} {WORD}" for p in prompts] + prompts + [""]))
    count, empty = len(prompts), len(text) - 1

    def step() -> dict[str, Tensor]:
        mine, old = (torch.randint(n, (options.batch,), device=device()) for n in (len(fair.latents), len(prior)))
        which = torch.cat([fair.occupation[mine], count + prior_prompt[old]])
        which = torch.where(torch.rand(len(which), device=device()) < DROPPED, empty, which)
        own, kept = predict(pipeline, torch.cat([fair.latents[mine].float(), prior[old]]), text[which]).loss().chunk(2)
        return {"loss": own.mean() + PRIOR_WEIGHT * kept.mean(), "fair set": own.mean(), "prior": kept.mean()}

    variant = Adaptation("dreambooth", lora.parameters(), step, 2 * options.batch, {"unet": lora}, facts={"word": WORD, "pictures": len(fair.latents), "prior": len(prior)})
    if adapt(variant, options):
        measure(variant, pipeline, options.each, lambda asked: pipeline.ids([f"{p} {WORD}" for p in asked]))


if __name__ == "__main__":
    main()
