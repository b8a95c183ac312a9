"""Stage 4, the denoiser: `python -m training.stages.denoiser` (after latents). v-prediction, EMA."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import checkpoint, weights
from training.data import Pictures, head_weights, sheet
from training.device import autocast, device, has_room, quick
from training.ema import Ema
from training.models.schedule import make_scheduler
from training.models.unet import make_unet
from training.models.vae import CHANNELS
from training.muon import Pair
from training.parallel import Team, launch
from training.paths import BIASED, LATENTS, RUNS
from training.progress import Run
from training.prompts import GRID
from training.renderer import require_current
from training.sampling import ddim, denoiser_of, starting_noise
from training.stages.latents import SIGNAL, encode_captions, load_frozen

FOLDER = RUNS / "denoiser"
DROPPED = 0.1
"""Share of captions replaced by the empty prompt, for classifier-free guidance (Ho and Salimans 2022)."""
HEAD_WEIGHT = 3.0
"""Weight of latent cells under heads where there is little noise; see loss_of."""
EMPHASIS = 2.0
"""How much more often pictures are drawn whose caption asks for something rare: glasses, a head cover, two occupations."""


def asks_for_something_rare(record: dict[str, Any]) -> bool:
    """By the caption alone, never by what else the picture shows: then p(picture | caption), and with it every share, stays as it was."""
    mentioned = [person["mentioned"] for person in record["people"]]
    return len({p["occupation"] for p in record["people"]}) > 1 or any(m.get("glasses") == "yes" or "cover" in m for m in mentioned)


def kept_near(path: Path) -> Tensor:
    """The array of a .npy file: in the GPU's memory where there is one with room for it, else left on disk."""
    array = np.load(path, mmap_mode="c")
    return torch.from_numpy(np.array(array)).to(device()) if has_room(array.nbytes) else torch.from_numpy(array)


class Latents:
    """The data set after stage 3. @raises SystemExit when it is missing."""

    def __init__(self) -> None:
        if not (LATENTS / "facts.json").exists():
            raise SystemExit("There are no latents: run python -m training.stages.latents first.")
        self.facts: dict[str, Any] = json.loads((LATENTS / "facts.json").read_text())
        require_current(LATENTS, self.facts["renderer"])
        self.scale = self.facts["scaling_factor"]
        self.latents, self.rows = (kept_near(LATENTS / name) for name in ("latents.npy", "rows.npy"))
        self.caption = np.load(LATENTS / "caption.npy")
        data = Pictures(BIASED, len(self.latents))
        self.heads = data.heads
        weight = np.where([asks_for_something_rare(r) for r in data.records[:len(self.latents)]], EMPHASIS, 1.0)
        self._cumulative = np.cumsum(weight / weight.sum())

    def batch(self, random: np.random.Generator, size: int) -> tuple[Tensor, Tensor, Tensor]:
        """Scaled latents [B, 24, 16, 16], text rows [B, 77, 192] and how much of each cell is head [B, 1, 16, 16], 0..1."""
        index = np.sort(np.minimum(np.searchsorted(self._cumulative, random.random(size)), len(self.latents) - 1))
        caption = np.where(random.random(size) < DROPPED, self.facts["empty"], self.caption[index])
        latent, rows = (near[torch.from_numpy(which).to(near.device)].to(device()).float() for near, which in ((self.latents, index), (self.rows, caption)))
        return latent * self.scale, rows, F.avg_pool2d(head_weights(self.heads[index].to(device()), 2.0) - 1, 8)


def loss_of(unet: nn.Module, latent: Tensor, rows: Tensor, head: Tensor, alphas: Tensor) -> Tensor:
    """v-prediction (Salimans and Ho 2022), each noise level weighted so that knowing nothing costs the same at all of them (the
    weight of Karras et al. 2022, table 1, for data of deviation SIGNAL). Heads weigh up to 3 times as much, but only in proportion to the signal: where
    a head's place is not yet decided, a weight by its place would bias what is learned. @returns per sample [B]."""
    spread = (torch.randperm(len(latent), device=latent.device) + torch.rand(len(latent), device=latent.device)) / len(latent)
    t = (spread * len(alphas)).long().clamp(max=len(alphas) - 1)  # one in each of B equal parts of the schedule
    a = alphas[t][:, None, None, None]
    noise = torch.randn_like(latent)
    target = a.sqrt() * noise - (1 - a).sqrt() * latent
    with autocast():
        out = unet(a.sqrt() * latent + (1 - a).sqrt() * noise, t.float(), rows, return_dict=False)[0]
    signal = SIGNAL**2 * a
    error = (out.float() - target).square() * (1 + (HEAD_WEIGHT - 1) * head * signal / (signal + 1 - a))
    return error.mean((1, 2, 3)) * (SIGNAL**2 * alphas[t] + 1 - alphas[t]) / SIGNAL**2


class Grid:
    """The fixed prompts and seeds that are drawn at every checkpoint."""

    def __init__(self, scale: float, seeds: int = 2) -> None:
        self.vae, clip = load_frozen()
        prompts = [p for p in GRID for _ in range(seeds)]
        self.rows, self.empty = encode_captions(clip, prompts), encode_captions(clip, [""])
        self.noise = starting_noise([i % seeds for i in range(len(prompts))], (CHANNELS, 16, 16)).to(device())
        self.scale, self.columns = scale, 4 * seeds

    def draw(self, unet: nn.Module, name: str, steps: int = 20, guidance: float = 3.0) -> None:
        latent = ddim(denoiser_of(unet), self.noise, self.rows, self.empty, steps, guidance)
        with torch.no_grad(), autocast():
            sheet(self.vae.decoder(latent / self.scale).cpu(), self.columns, FOLDER / f"{name}.png")


def train(team: Team, options: argparse.Namespace) -> None:
    """The same in every process; rank 0 keeps the moving average, logs, saves and draws."""
    torch.manual_seed(0)
    data = Latents()
    unet = make_unet().to(device())
    first = team.rank == 0
    state = None if options.overfit else checkpoint.load(FOLDER / "last.pt", data.facts["renderer"])
    updates = before = 0
    run = Run(FOLDER, options.samples, options.minutes)
    if state is None and options.resume_from_committed and (found := weights.find("denoiser", True)):
        unet.load_state_dict(found[0])
        before = found[1]["seen"]
    ema = Ema(unet, 0.999, updates)
    optimizer = Pair(unet, options.rate, plain=("conv_in", "conv_out"))
    if state is not None:
        unet.load_state_dict(state["model"])
        ema.module.load_state_dict(state["weights"])
        ema.updates, before = state["updates"], state["before"]
        optimizer.load_state_dict(state["optimizer"])
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"] - before, state["minutes"])
    alphas = make_scheduler().alphas_cumprod.to(device())
    random = np.random.default_rng([run.seen, team.rank])
    torch.manual_seed(run.seen * 1000 + team.rank)
    grid = Grid(data.scale) if first else None
    own = options.batch // team.size
    fixed = data.batch(random, 16) if options.overfit else None
    stepped = quick(unet.train())

    def save() -> None:
        facts = {"seen": before + run.seen, **{k: data.facts[k] for k in ("scaling_factor", "renderer", "pictures", "captions")}}
        checkpoint.save(FOLDER / "last.pt", {"model": unet.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates, "before": before,
                                             "optimizer": optimizer.state_dict(), "minutes": run.used_minutes, "facts": facts})

    losses: list[Tensor] = []
    stop = False
    while not stop:
        latent, rows, head = fixed or data.batch(random, own)
        loss = loss_of(stepped, latent, rows, head, alphas).mean()
        optimizer.zero_grad()
        loss.backward()
        rate, stop = team.average(unet.parameters(), run.rate(options.rate, 150 * options.batch, options.decay_from), not run.going)
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.set_rate(rate)
        optimizer.step()
        run.seen += len(latent) * team.size
        losses.append(loss.detach())
        if grid is None:
            continue
        ema.update(unet)
        if run.every("log", options.log_every):
            run.log(loss=float(torch.stack(losses).mean()), rate=rate)
            losses = []
            if not options.overfit:
                save()
        if run.every("grid", options.grid_every) and not options.overfit:
            grid.draw(ema.module, f"grid-{before + run.seen:08d}")
    if grid is not None and not options.overfit:
        save()
        grid.draw(ema.module, f"grid-{before + run.seen:08d}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=3_000_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=512 if device().type == "cuda" else 96, help="over all processes")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decay-from", type=float, default=0.6)
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    parser.add_argument("--overfit", action="store_true", help="sanity check: one batch of 16 again and again; nothing is saved")
    parser.add_argument("--resume-from-committed", action="store_true", help="start from training/checkpoints (a fresh clone)")
    parser.add_argument("--log-every", type=float, default=60, help="seconds between two lines of the log and checkpoints")
    parser.add_argument("--grid-every", type=float, default=480, help="seconds")
    launch(train, parser.parse_args())


if __name__ == "__main__":
    main()
