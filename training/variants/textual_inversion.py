"""Textual Inversion (Gal et al. 2023, as RS-Corrector's baseline): `python -m training.variants.textual_inversion` (after training.variants.alone).

Learns the embedding of <fair-set> on a fair set of people, everything else frozen: v* = argmin E ||eps - eps_theta(z_t, t, c(v*))||^2. The token stands behind the
prompt ("a photo of a doctor <fair-set>"), so that it fits every prompt.
"""

from __future__ import annotations

import torch
from torch import Tensor

from training.device import device
from training.models.independent_reader import VALUES
from training.variants.adapting import Adaptation, adapt, arguments, measure
from training.variants.embedded import DROPPED, PROMPTS, Embedded, Fair, Words, predict

TOKEN, INITIALIZER = "<fair-set>", "person"


def fair_prompts() -> list[str]:
    """The prompt of each occupation's pictures, in the order of their indices."""
    return [PROMPTS[job] for job in VALUES["occupation"]]


def main() -> None:
    parser = arguments(__doc__, 5e-3, 200_000)
    parser.add_argument("--batch", type=int, default=128 if device().type == "cuda" else 16)
    parser.add_argument("--vectors", type=int, default=2)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    pipeline = Embedded()
    fair = Fair.load(pipeline.scale)
    embeddings = pipeline.clip.text.get_input_embeddings()
    start = int(pipeline.ids([INITIALIZER])[0, 1])
    words = Words(embeddings, embeddings.weight[start].detach().repeat(options.vectors, 1).clone()).to(device())
    pipeline.clip.text.set_input_embeddings(words)
    added = [embeddings.num_embeddings + k for k in range(options.vectors)]
    ids, empty = pipeline.ids(fair_prompts(), added), pipeline.ids([""])

    def step() -> dict[str, Tensor]:
        rows = torch.randint(len(fair.latents), (options.batch,), device=device())
        text = torch.cat([pipeline.rows(ids), pipeline.rows(empty)])
        which = torch.where(torch.rand(options.batch, device=device()) < DROPPED, len(ids), fair.occupation[rows])
        return {"loss": predict(pipeline, fair.latents[rows].float(), text[which]).loss().mean()}

    variant = Adaptation("textual-inversion", [words.rows], step, options.batch, embeddings=lambda: {TOKEN: words.rows.detach()},
                         facts={"token": TOKEN, "initializer": INITIALIZER, "pictures": len(fair.latents)})
    if adapt(variant, options):
        measure(variant, pipeline, options.each, lambda prompts: pipeline.ids(prompts, added))


if __name__ == "__main__":
    main()
