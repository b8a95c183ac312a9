"""Debiasing Diffusion Model (Huang et al. 2025, arXiv 2503.12536; loss and indicator as in the official code) in both signs, as one sweep:
`python -m training.variants.ddm --data digits` or `--data people`. Trains every strength, sign, labelling and seed of a data set side by side.

What is trained, and why so: the paper fine-tunes LoRA of Stable Diffusion, one run a setting. A curve over five strengths, two signs, two labellings and three seeds
of each is a hundred runs, so the sweep trains small denoisers (training/models/residual.py), all as one batch of matrix products. First a base of each world and
seed learns the imbalanced world alone; then every setting goes on from its base with the indicator, alpha 0 too, on the same pictures, noise and
timesteps. So the question stays clean: what these models draw is what they know of the imbalanced world. LoRA of the embedded denoiser, the paper's
own form, is training/variants/ddm_lora.py.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import checkpoint
from training.data import sheet
from training.device import device
from training.ema import Ema
from training.models.stacked import Linear, parameters_of, single
from training.paths import RUNS
from training.progress import Run
from training.variants.fairness import frechet
from training.whole import writing

ALPHAS = (0.005, 0.01, 0.05, 0.2)
"""Weights of the indicator's term that the official code's result folders name, beside 0."""
SEEDS = 3
WIDE = 256
"""Of the sweeps' indicators, a quarter of the official code's: a hundred of those would be most of the work."""
STEPS = 40
"""Sampling steps (the official evaluation's)."""
BETAS = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
"""Ho et al. 2020: what is left of the picture at the end is 0.6 %, so that the noise itself says nothing of the class."""
UNCONDITIONAL = 0.5
"""Share of training rows without their class: scenario 1 (attribute unknown, FD) and scenario 2 (attribute asked for, SPD) in one network."""


@dataclass(frozen=True)
class Setting:
    """One model of a sweep. form: base (alpha 0), ddm (the indicator's cross-entropy is minimised by the denoiser too, as published) or
    ddm-adv (the denoiser maximises the indicator's entropy; ours). labels: given, or pseudo (2-means; the paper's case without attributes)."""

    world: str
    form: str
    labels: str
    alpha: float
    seed: int


def settings_of(worlds: list[str], seeds: int = SEEDS, alphas: tuple[float, ...] = ALPHAS) -> list[Setting]:
    """Every combination of each world and seed, base first."""
    return [s for world in worlds for seed in range(seeds) for s in (
        Setting(world, "base", "given", 0.0, seed),
        *(Setting(world, form, labels, alpha, seed) for form in ("ddm", "ddm-adv") for labels in ("given", "pseudo") for alpha in alphas))]


def base_of(setting: Setting) -> str:
    """Which base a setting starts from."""
    return f"{setting.world}-{setting.seed}"


@dataclass
class Data:
    """Pictures [N, C, S, S] on the device, standardised; of each world its two classes' rows, the pseudo-labels [N] and what is known of it."""

    network: Callable[[int, torch.dtype], nn.Module]
    """Of so many models: (x, t, y) to the predicted velocity."""
    pictures: Tensor
    worlds: dict[str, tuple[Tensor, Tensor]]
    pseudo: dict[str, Tensor]
    facts: dict[str, Any]
    limit: float
    """Predicted pictures are kept within plus and minus this while sampling."""

    @property
    def numbers(self) -> int:
        """In a picture."""
        return self.pictures[0].numel()

    def imbalanced(self, world: str, seed: int) -> tuple[Tensor, Tensor]:
        """Nine rows of the first class for one of the second, chosen by the seed. @returns rows [n] and their classes [n]; n is alike for all worlds."""
        least = min(min(len(a) // 9, len(b)) for a, b in self.worlds.values())
        random = torch.Generator().manual_seed(seed)
        rows = [members.cpu()[torch.randperm(len(members), generator=random)[:count]] for members, count in zip(self.worlds[world], (9 * least, least))]
        return torch.cat(rows).to(device()), torch.cat([torch.full((len(r),), k) for k, r in enumerate(rows)]).to(device())


Read = Callable[[str, Tensor], tuple[Tensor, Tensor, Tensor]]
"""(world, pictures [n, C, S, S]) to probabilities of the two classes [n, 2], whether it was read clearly [n], and features [n, F]."""


class Indicator(nn.Module):
    """M indicators: predicted noise, flattened, to two logits by an MLP with ReLU (official code: 1024 and 512 wide)."""

    def __init__(self, models: int, numbers: int, dtype: torch.dtype = torch.float32, wide: int = 1024) -> None:
        super().__init__()
        self.layers = nn.ModuleList((Linear(models, numbers, wide), Linear(models, wide, wide // 2), Linear(models, wide // 2, 2)))
        self.dtype = dtype

    def forward(self, eps: Tensor, frozen: bool = False) -> Tensor:
        """@param eps [M, B, ...]. @param frozen no gradient for the indicator's own weights. @returns logits [M, B, 2] in fp32."""
        h = eps.flatten(2).to(self.dtype)
        for k, layer in enumerate(self.layers):
            w, b = (p.detach() if frozen else p for p in (layer.w, layer.b))
            h = torch.baddbmm(b.to(h.dtype), F.relu(h) if k else h, w.to(h.dtype))
        return h.float()


@dataclass
class Terms:
    """Per model [M]: squared error, the indicator's cross-entropy, its entropy, and what is minimised."""

    mse: Tensor
    ce: Tensor
    entropy: Tensor
    total: Tensor


def terms_of(mse: Tensor, eps: Tensor, indicator: Indicator, labels: Tensor, alpha: Tensor, adversarial: Tensor) -> Terms:
    """The loss of M models. Faithful: (1 - alpha) MSE + alpha CE, minimised by denoiser and indicator together. Adversarial: the indicator
    minimises alpha CE alone, the denoiser (1 - alpha) MSE - alpha H, with H the entropy of the indicator's answer.

    @param mse the denoiser's squared error [M], of the noise in the paper, here of the velocity: the same but for its weight at each timestep.
    @param eps predicted noise [M, B, ...] with gradient. @param labels [M, B], 0 or 1. @param alpha [M]. @param adversarial bool [M].
    """
    def ce_of(logits: Tensor) -> Tensor:
        return F.cross_entropy(logits.flatten(0, 1), labels.flatten(), reduction="none").view(labels.shape).mean(1)

    own = ce_of(indicator(eps.detach()))
    through = indicator(eps, frozen=True)
    logs = through.log_softmax(-1)
    entropy = -(logs.exp() * logs).sum(-1).mean(1)
    total = (1 - alpha) * mse + alpha * (own + torch.where(adversarial, -entropy, ce_of(through)))
    return Terms(mse, own, entropy, total)


class Sweep:
    """M models in step: those of one seed see the same pictures, noise, timesteps and dropped classes, so that strengths compare in pairs."""

    def __init__(self, data: Data, settings: list[Setting], rate: float, batch: int, dtype: torch.dtype, bases: dict[str, dict[str, Tensor]] | None = None) -> None:
        """@param bases weights that models of a world and seed start from, by base_of; from nothing if absent."""
        self.data, self.settings, self.batch = data, settings, batch
        seeds = sorted({s.seed for s in settings})
        groups = sorted({(s.world, s.seed) for s in settings})
        at = lambda values: torch.tensor(values, device=device())  # noqa: E731
        self.group = at([groups.index((s.world, s.seed)) for s in settings])
        self.seed_of_group = at([seeds.index(seed) for _, seed in groups])
        self.seeds = len(seeds)
        chosen = [data.imbalanced(*group) for group in groups]
        self.rows, self.classes = torch.stack([rows for rows, _ in chosen]), torch.stack([y for _, y in chosen])
        given = self.classes[self.group]
        pseudo = torch.stack([data.pseudo[world][rows] for (world, _), (rows, _) in zip(groups, chosen)])[self.group]
        self.labels = torch.where(at([s.labels == "pseudo" for s in settings])[:, None], pseudo, given)
        self.alpha = at([s.alpha for s in settings])
        self.adversarial = at([s.form == "ddm-adv" for s in settings])
        self.denoiser = self._alike(lambda s: bases[base_of(s)] if bases else data.network(1, torch.float32).state_dict(), data.network(len(settings), dtype))
        self.indicator = self._alike(lambda _: Indicator(1, data.numbers, wide=WIDE).state_dict(), Indicator(len(settings), data.numbers, dtype, WIDE))
        self.ema = Ema(self.denoiser, 0.999)
        self.parameters = [*self.denoiser.parameters(), *self.indicator.parameters()]
        self.optimizer = torch.optim.AdamW(self.parameters, rate, weight_decay=1e-2, fused=True)
        self.signal = (1 - BETAS).cumprod(0).float().to(device())
        self.random = torch.Generator(device()).manual_seed(0)

    def _alike(self, make: Callable[[Setting], dict[str, Tensor]], stack: nn.Module) -> nn.Module:
        """Every model of a world and seed starts from the same weights."""
        first: dict[str, dict[str, Tensor]] = {}
        for setting in self.settings:
            if base_of(setting) not in first:
                torch.manual_seed(setting.seed)
                first[base_of(setting)] = make(setting)
        stack.load_state_dict({name: torch.cat([first[base_of(s)][name].cpu() for s in self.settings]) for name in stack.state_dict()})
        return stack.to(device())

    def step(self, rate: float) -> Terms:
        """One update of every model, by `batch` pictures each."""
        draw = lambda *size: torch.rand(self.seeds, self.batch, *size, generator=self.random, device=device())  # noqa: E731
        where = (draw() * self.rows.shape[1]).long()[self.seed_of_group]  # [G, B]
        noise = torch.randn(self.seeds, self.batch, *self.data.pictures.shape[1:], generator=self.random, device=device())[self.seed_of_group]
        t = (draw() * len(self.signal)).long()[self.seed_of_group]
        a = self.signal[t][..., None, None, None]
        picture = self.data.pictures[self.rows.gather(1, where)].float()
        noisy, velocity = a.sqrt() * picture + (1 - a).sqrt() * noise, a.sqrt() * noise - (1 - a).sqrt() * picture
        asked = (self.classes.gather(1, where) + 1) * (draw() >= UNCONDITIONAL).long()[self.seed_of_group]
        labels = self.labels.gather(1, where[self.group])
        a, noisy, velocity = a[self.group], noisy[self.group], velocity[self.group]
        v = self.denoiser(noisy, t[self.group], asked[self.group])
        mse = (v - velocity).square().flatten(1).mean(1)
        eps = a.sqrt() * v + (1 - a).sqrt() * noisy
        terms = terms_of(mse, eps, self.indicator, labels, self.alpha, self.adversarial)
        self.optimizer.zero_grad()
        terms.total.sum().backward()
        torch.nn.utils.clip_grad_value_(self.parameters, 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.ema.update(self.denoiser)
        return terms

    def state(self) -> dict[str, Any]:
        return {"denoiser": self.denoiser.state_dict(), "indicator": self.indicator.state_dict(), "weights": self.ema.module.state_dict(),
                "updates": self.ema.updates, "optimizer": self.optimizer.state_dict(), "random": self.random.get_state(),
                **self.identity}

    @property
    def identity(self) -> dict[str, Any]:
        """What a saved sweep must have been to be gone on with."""
        return {"settings": [asdict(s) for s in self.settings], "components": self.data.facts.get("components")}

    def restore(self, state: dict[str, Any]) -> None:
        """@raises SystemExit when the saved sweep was another one."""
        if any(state.get(name) != own for name, own in self.identity.items()):
            raise SystemExit("The saved sweep has other settings (worlds, strengths, seeds or components): move its folder under training/runs away to train anew.")
        self.denoiser.load_state_dict(state["denoiser"])
        self.indicator.load_state_dict(state["indicator"])
        self.ema.module.load_state_dict(state["weights"])
        self.ema.updates = state["updates"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.random.set_state(state["random"])


@torch.no_grad()
def sample(denoiser: nn.Module, noise: Tensor, y: Tensor, signal: Tensor, limit: float, steps: int = STEPS) -> Tensor:
    """DDIM (Song et al. 2021) without guidance. @param noise [M, B, C, S, S]. @param y [M, B], 0..2. @returns pictures like noise."""
    times = torch.linspace(len(signal) - 1, 0, steps).round().long().tolist()
    x = noise
    for t, after in zip(times, [*times[1:], None]):
        a, b = signal[t], signal[after] if after is not None else torch.ones((), device=x.device)
        v = denoiser(x, torch.full(y.shape, t, device=x.device), y)
        clean = (a.sqrt() * x - (1 - a).sqrt() * v).clamp(-limit, limit)
        x = b.sqrt() * clean + (1 - b).sqrt() * (x - a.sqrt() * clean) / (1 - a).sqrt()
    return x


def measure(sweep: Sweep, read: Read, count: int, folder: Path, part: int = 250) -> None:
    """Draws `count` pictures without and `count` with a class from every model, same noise for all, reads them and writes readings.npz:
    settings (JSON), facts (JSON), chance [M, count, 2] and clear [M, count] without a class; the same `asked-` with a class (first half class 0); frechet [M]
    of the pictures with a class to the held-out ones, and sheet.png, the first pictures of seed 0."""
    data, m = sweep.data, len(sweep.settings)
    y = torch.cat([torch.zeros(count), torch.ones(count // 2), torch.full((count - count // 2,), 2.0)]).long().to(device())
    out: dict[str, list[list[Tensor]]] = {"chance": [[] for _ in range(m)], "clear": [[] for _ in range(m)], "features": [[] for _ in range(m)]}
    first: list[Tensor] = []
    for start in range(0, 2 * count, part):
        kinds = y[start:start + part]
        noise = torch.randn(len(kinds), *data.pictures.shape[1:], generator=torch.Generator().manual_seed(start)).to(device())
        drawn = sample(sweep.ema.module, noise.expand(m, *noise.shape), kinds.expand(m, -1), sweep.signal, data.limit)
        if start in (0, count):
            first.append(drawn[:, :6])
        for k, setting in enumerate(sweep.settings):
            for name, value in zip(out, read(setting.world, drawn[k])):
                out[name][k].append(value)
    chance, clear, features = (torch.stack([torch.cat(parts) for parts in out[name]]).cpu().numpy() for name in out)
    worlds = {w: np.asarray(data.facts["real"][w]) for w in data.worlds}
    arrays = {"chance": chance[:, :count].astype(np.float16), "clear": clear[:, :count], "asked-chance": chance[:, count:].astype(np.float16),
              "asked-clear": clear[:, count:], "frechet": np.array([frechet(features[k, count:], worlds[s.world]) for k, s in enumerate(sweep.settings)]),
              "settings": np.array(json.dumps([asdict(s) for s in sweep.settings])),
              "facts": np.array(json.dumps({k: v for k, v in data.facts.items() if k != "real"}))}
    with writing(folder / "readings.npz") as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)
    chosen = [k for k, s in enumerate(sweep.settings) if s.seed == 0]
    torch.save({"pictures": torch.cat(first, 1)[chosen].half().cpu(), "settings": [asdict(sweep.settings[k]) for k in chosen]}, folder / "pictures.pt")


def load(name: str) -> tuple[Data, Read, Callable[[Tensor], Tensor]]:
    """@returns data, reader, and what turns drawn pictures into RGB or grey [n, C, H, W] in -1..1."""
    if name == "digits":
        from training.variants.ddm_digits import load_digits

        return load_digits()
    from training.variants.ddm_people import load_people

    return load_people()


def learn(sweep: Sweep, name: str, options: argparse.Namespace, samples: int, minutes: float, rate: float) -> bool:
    """Trains within a budget, in training/runs/<name>; goes on where its last checkpoint ended. @returns False when a stop signal came."""
    folder = RUNS / name
    run = Run(folder, samples, minutes)
    if (state := checkpoint.load(folder / "last.pt")) is not None:
        sweep.restore(state)
        run = Run(folder, samples, minutes, state["seen"], state["minutes"])
    forms = {form: [k for k, s in enumerate(sweep.settings) if s.form == form] for form in ("base", "ddm", "ddm-adv")}
    kept: list[Tensor] = []

    def log() -> None:
        means = torch.stack(kept).mean(0).cpu()
        kept.clear()
        run.log(**{f"{what} {form}": float(means[k, rows].mean()) for k, what in enumerate(("mse", "ce", "entropy")) for form, rows in forms.items() if rows})

    while run.going:
        terms = sweep.step(run.rate(rate, 50 * sweep.batch, 0.4))
        run.seen += sweep.batch
        kept.append(torch.stack([terms.mse, terms.ce, terms.entropy]).detach())
        if run.every("log", options.log_every):
            log()
        if run.every("save", options.save_every):
            checkpoint.save(folder / "last.pt", sweep.state() | {"seen": run.seen, "minutes": run.used_minutes})
    if kept:
        log()
    checkpoint.save(folder / "last.pt", sweep.state() | {"seen": run.seen, "minutes": run.used_minutes})
    return not run.stopped


def train(options: argparse.Namespace) -> None:
    name = f"ddm-{options.data}"
    dtype = torch.bfloat16 if device().type == "cuda" else torch.float32
    data, read, show = load(options.data)
    worlds = options.worlds or list(data.worlds)
    settings = settings_of(worlds, options.seeds, tuple(options.alphas))
    print(json.dumps({k: v for k, v in data.facts.items() if k != "real"}), flush=True)
    base = Sweep(data, settings_of(worlds, options.seeds, ()), options.rate, options.base_batch, dtype)
    share = options.base_share
    print(f"{len(base.settings)} bases of {parameters_of(base.denoiser):,} parameters, {base.rows.shape[1]} pictures in each world", flush=True)
    if not learn(base, f"{name}-base", options, options.base_samples, options.minutes * share, options.rate):
        return
    bases = {base_of(s): single(base.ema.module, k) for k, s in enumerate(base.settings)}
    sweep = Sweep(data, settings, options.rate, options.batch, dtype, bases)
    print(f"{len(settings)} models, indicators of {parameters_of(sweep.indicator):,} parameters", flush=True)
    if not learn(sweep, name, options, options.samples, options.minutes * (1 - share), options.rate / 4):
        return
    measure(sweep, read, options.count, RUNS / name)
    drawn = torch.load(RUNS / name / "pictures.pt")
    sheet(torch.cat([show(p.float().to(device())).cpu() for p in drawn["pictures"]]), 12, RUNS / name / "sheet.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", choices=("digits", "people"), required=True)
    parser.add_argument("--worlds", nargs="+", default=None, help="some of the data's worlds")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--alphas", type=float, nargs="*", default=ALPHAS)
    parser.add_argument("--base-samples", type=int, default=1_000_000, help="pictures that every base sees")
    parser.add_argument("--samples", type=int, default=128_000, help="pictures that every setting sees after its base")
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--base-share", type=float, default=0.5, help="of the minutes")
    parser.add_argument("--base-batch", type=int, default=128)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=2e-3, help="of the bases; settings go on at a quarter of it")
    parser.add_argument("--count", type=int, default=1000, help="pictures drawn without a class, and as many with one")
    parser.add_argument("--log-every", type=float, default=20, help="seconds")
    parser.add_argument("--save-every", type=float, default=60, help="seconds")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
