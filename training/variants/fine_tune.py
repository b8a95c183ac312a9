"""Fine-tuning for fairness (Shen et al. 2024, "Finetuning Text-to-Image Diffusion Models for Fairness"), LoRA on the text encoder:
`python -m training.variants.fine_tune [--attributes gender tone]`. Needs the reader and world-CLIP, and no data.

Faithful: the distributional alignment loss with its targets, its uncertainty and threshold, the preservation weights, and adjusted direct fine-tuning.
Ours: world-CLIP alone as the preservation term (there is no DINO and no face embedding of the drawn world), the coefficients of v-prediction,
rank 16 of 192 (50 of 768 there), and a larger rate for fewer iterations.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import weights
from training.device import autocast, device
from training.models.independent_reader import VALUES
from training.models.reader import ATTRIBUTES, OFFSETS, Reader
from training.models.vae import CHANNELS
from training.stages.fast import Steps
from training.variants.adapting import Adaptation, adapt, arguments, measure
from training.variants.embedded import PROMPTS, Embedded
from training.variants.lora import Lora

MOST_UNCERTAIN = 0.2
PRESERVE = 8.0
CHANGED = 0.2
"""Weight of preservation where the target differs from what the base drew (0.6 for race there)."""
DRAWS = 100
SIZES = {a.id: len(a.values) for a in ATTRIBUTES}


def binary_targets(chance: Tensor) -> tuple[Tensor, Tensor]:
    """@param chance of class 1 [N]. @returns targets 0 or 1 [N] and their uncertainty: were each of N people of either class by a fair coin, the image at rank r would be
    of class 1 with the binomial chance that at most r are of class 0."""
    n = len(chance)
    rank = chance.argsort().argsort()
    logs = torch.tensor([math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) - n * math.log(2) for k in range(n + 1)], device=chance.device)
    one = logs.exp().cumsum(0)[rank]
    return (rank >= n / 2).long(), torch.minimum(one, 1 - one).clamp(min=0)


def transport_targets(chances: list[Tensor], random: torch.Generator, sharpness: float = 0.02, rounds: int = 200) -> list[tuple[Tensor, Tensor]]:
    """Several values or attributes: optimal transport (entropic, Sinkhorn) from the images to DRAWS multisets of people with uniform values; cost: Euclidean
    distance to the one-hot vectors, attributes side by side. @param chances per attribute [N, K]. @returns per attribute targets [N] and uncertainty [N]."""
    n = len(chances[0])
    drawn = [F.one_hot(torch.randint(c.shape[1], (DRAWS, n), generator=random), c.shape[1]).float().to(c.device) for c in chances]
    cost = torch.cdist(torch.cat(chances, 1).expand(DRAWS, n, -1), torch.cat(drawn, 2))  # [D, N, N]
    f, g = torch.zeros_like(cost[:, :, 0]), torch.zeros_like(cost[:, 0])
    for _ in range(rounds):
        f = -sharpness * ((g[:, None] - cost) / sharpness).logsumexp(2)
        g = -sharpness * ((f[:, :, None] - cost) / sharpness).logsumexp(1)
    plan = ((f[:, :, None] + g[:, None] - cost) / sharpness).softmax(2)
    shares = [(plan @ d).mean(0) for d in drawn]
    return [(s.argmax(1), 1 - s.amax(1)) for s in shares]


def step_weights(plan: Steps) -> Tensor:
    """Adjusted direct fine-tuning: dz_0 / dv_i with detached inputs, times k_i = its own inverse over the geometric mean of these inverses, so that
    every step weighs alike. @returns [steps], all of one size (test_fine_tune.py: for noise prediction and many steps this is the paper's k_i)."""
    carried = torch.cat([plan.keep[1:].flip(0).cumprod(0).flip(0), torch.ones(1, device=plan.keep.device)])
    direct = plan.move * carried
    return direct.sign() * direct.abs().log().mean().exp()


class Watching(nn.Module):
    """The world's reader, differentiable in the picture: logits at the likeliest head."""

    def __init__(self) -> None:
        super().__init__()
        found = weights.find("reader", prefer_committed=True)
        if found is None:
            raise SystemExit("There is no reader yet: run python -m training.stages.reader first.")
        self.reader = Reader()
        self.reader.load_state_dict(found[0])
        self.eval().requires_grad_(False)

    def forward(self, picture: Tensor) -> tuple[dict[str, Tensor], Tensor]:
        """@param picture [N, 3, 128, 128] in 0..1. @returns logits [N, K] per attribute, and whether there is a head [N]."""
        with autocast():
            heat, _, logits = (o.float() for o in self.reader(picture))
        chance, cell = heat.sigmoid().flatten(1).max(1)
        at = logits.flatten(2).gather(2, cell[:, None, None].expand(-1, logits.shape[1], 1))[:, :, 0]
        return {name: at[:, OFFSETS[name]:OFFSETS[name] + size] for name, size in SIZES.items()}, chance > 0.4


def alignment(said: dict[str, Tensor], seen: Tensor, before: dict[str, Tensor], seen_before: Tensor, attributes: list[str],
              random: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
    """@param said logits of the images [N, K], before: of the base's images of the same noise. @returns cross-entropy to the targets [N] (0 where a target is too
    uncertain or there is no head), preservation weight [N], and the share of images with a target."""
    n = len(seen)
    chosen = torch.nonzero(seen).flatten()
    chances = [said[a][chosen].detach().softmax(1) for a in attributes]
    if len(attributes) == 1 and SIZES[attributes[0]] == 2:
        found = [binary_targets(chances[0][:, 1])]
    else:
        found = transport_targets(chances, random)
    ce, keep = torch.zeros(n, device=seen.device), torch.ones(n, device=seen.device)
    used = torch.zeros(n, device=seen.device)
    for a, (target, uncertain) in zip(attributes, found):
        sure = uncertain <= MOST_UNCERTAIN
        ce = ce.index_add(0, chosen, F.cross_entropy(said[a][chosen], target, reduction="none") * sure)
        changes = sure & seen_before[chosen] & (before[a][chosen].argmax(1) != target)
        keep[chosen[changes]] = CHANGED
        used[chosen[sure]] = 1
    return ce, keep, used.mean()


def main() -> None:
    parser = arguments(__doc__, 6e-4, 20_000)
    parser.add_argument("--attributes", nargs="+", choices=("gender", "tone", "age"), default=["gender"])
    parser.add_argument("--batch", type=int, default=32 if device().type == "cuda" else 12, help="images per prompt and step")
    parser.add_argument("--steps", type=int, default=8, help="sampling steps while training; the figures use the shipped number")
    parser.add_argument("--rank", type=int, default=16)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    pipeline, watching = Embedded(), Watching().to(device())
    lora = Lora(pipeline.clip.text, ("q_proj", "k_proj", "v_proj", "out_proj"), options.rank, options.rank)
    plan = Steps(options.steps)
    influence = step_weights(plan)
    ids = pipeline.ids([*(PROMPTS[job] for job in VALUES["occupation"]), ""])
    lora.set_strength(0)
    with torch.no_grad():
        before = pipeline.rows(ids)
    lora.set_strength(1)
    random = torch.Generator().manual_seed(options.seed)
    n = options.batch

    def step() -> dict[str, Tensor]:
        job = int(torch.randint(len(ids) - 1, (1,)))
        rows = pipeline.rows(ids[[job, -1]])
        noise = torch.randn(n, CHANNELS, 16, 16, device=device())
        both = torch.cat([rows.detach()[:1].expand(n, -1, -1), before[job].expand(n, -1, -1)])
        nothing = torch.cat([rows.detach()[1:].expand(n, -1, -1), before[-1].expand(n, -1, -1)])
        latent, path = pipeline.sample(both, torch.cat([noise, noise]), nothing, options.steps)
        mine = latent[:n].requires_grad_()
        picture, old = pipeline.decode(mine), pipeline.decode(latent[n:]).detach()
        said, seen = watching(picture)
        with torch.no_grad():
            said_before, seen_before = watching(old)
            wanted = pipeline.clip.image(old * 2 - 1)
        ce, keep, used = alignment(said, seen, said_before, seen_before, options.attributes, random)
        with autocast():
            far = 1 - (pipeline.clip.image(picture * 2 - 1) * wanted).sum(1).float()
        loss = (ce + PRESERVE * keep * far).mean()
        gradient = torch.autograd.grad(loss, mine)[0]
        # Inputs are detached between steps, so the gradient of each step needs only its own evaluation: all steps in one batch.
        x = path[:, :n].flatten(0, 1)
        t = plan.times.float().repeat_interleave(n)
        leaf = rows.detach().requires_grad_()
        for part in torch.arange(len(x), device=device()).split(256):
            with_, without = pipeline.v(x[part].repeat(2, 1, 1, 1), t[part].repeat(2), torch.cat([leaf[:1].expand(len(part), -1, -1), leaf[1:].expand(len(part), -1, -1)])).chunk(2)
            v = without + pipeline.guidance * (with_ - without)
            (v * gradient[part % n] * influence[part // n][:, None, None, None]).sum().backward()
        assert leaf.grad is not None
        rows.backward(leaf.grad)
        return {"loss": loss, "alignment": ce.mean(), "CLIP distance": far.mean(), "with a target": used}

    name = "fine-tune-" + "-".join(options.attributes)
    variant = Adaptation(name, lora.parameters(), step, n, {"text_encoder": lora}, ready=True, facts={"attributes": options.attributes, "steps": options.steps})
    if adapt(variant, options):
        measure(variant, pipeline, options.each)


if __name__ == "__main__":
    main()
