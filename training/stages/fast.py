"""Stage 5, the few-step student: `python -m training.stages.fast` (after the denoiser). Progressive distillation (Salimans and Ho 2022) in
one round: the teacher's guided trajectories are drawn once and kept, and the student learns to take each of its few steps like
several of the teacher's. The guidance is baked in, so the student needs one evaluation a step."""

from __future__ import annotations

import argparse
import json
import math

import numpy as np
import torch
from torch import Tensor, nn

from training import checkpoint, measurements, weights
from training.data import sheet
from training.device import autocast, device, has_room, quick
from training.ema import Ema
from training.manifest import shipped_defaults
from training.models.schedule import make_scheduler
from training.models.unet import make_unet
from training.models.vae import CHANNELS
from training.muon import Pair
from training.parallel import Team, launch
from training.paths import DATA, LATENTS, RUNS
from training.progress import Run
from training.prompts import GRID
from training.sampling import Denoise, denoiser_of, guided, starting_noise
from training.stages.denoiser import kept_near
from training.stages.latents import encode_captions, load_frozen

FOLDER = RUNS / "denoiser-fast"
KEPT = DATA / "trajectories"
PART = 512 if device().type == "cuda" else 32
"""Trajectories drawn at a time, and kept in one file."""


@torch.no_grad()
def trajectory(denoise: Denoise, noise: Tensor, rows: Tensor, empty: Tensor, steps: int, every: int, guidance: float) -> Tensor:
    """The guided path at every `every`-th step, by DPM-Solver++ 2M on the DDIM scheduler's times (Lu et al. 2022, algorithm 2; first order at
    both ends, since the last step goes to no noise at all). @returns [steps / every + 1, B, 24, 16, 16], noise first."""
    scheduler = make_scheduler()
    scheduler.set_timesteps(steps)
    alphas = torch.cat([scheduler.alphas_cumprod[scheduler.timesteps], torch.ones(1)])
    a, s = alphas.sqrt().tolist(), (1 - alphas).sqrt().tolist()
    half_log_snr = [math.log(a[i] / s[i]) for i in range(steps)]
    latent, path, last = noise, [noise], None
    for i, t in enumerate(scheduler.timesteps.tolist()):
        clean = a[i] * latent - s[i] * guided(denoise, latent, t, rows, empty, guidance)
        ahead = clean
        if last is not None and i + 1 < steps:
            h, before = half_log_snr[i + 1] - half_log_snr[i], half_log_snr[i] - half_log_snr[i - 1]
            ahead = clean + h / (2 * before) * (clean - last)
        latent = s[i + 1] / s[i] * latent + (a[i + 1] - s[i + 1] / s[i] * a[i]) * ahead
        last = clean
        if (i + 1) % every == 0:
            path.append(latent)
    return torch.stack(path)


class Steps:
    """The student's steps: coefficients of x' = keep * x + move * v for each, a DDIM step written out."""

    def __init__(self, steps: int) -> None:
        scheduler = make_scheduler()
        scheduler.set_timesteps(steps)
        self.times = scheduler.timesteps.to(device())
        alphas = torch.cat([scheduler.alphas_cumprod[scheduler.timesteps], torch.ones(1)]).to(device())
        a, s = alphas.sqrt(), (1 - alphas).sqrt()
        self.keep = a[1:] * a[:-1] + s[1:] * s[:-1]
        self.move = s[1:] * a[:-1] - a[1:] * s[:-1]

    def loss(self, unet: nn.Module, before: Tensor, after: Tensor, step: Tensor, rows: Tensor) -> Tensor:
        """Mean squared error of the latent after the step, in units of how far the step moves it (which is the error of v). @returns [B]."""
        keep, move = self.keep[step][:, None, None, None], self.move[step][:, None, None, None]
        with autocast():
            v = unet(before, self.times[step].float(), rows, return_dict=False)[0].float()
        return (v - (after - keep * before) / move).square().mean((1, 2, 3))

    @torch.no_grad()
    def draw(self, unet: nn.Module, noise: Tensor, rows: Tensor) -> Tensor:
        denoise = denoiser_of(unet)
        for i, t in enumerate(self.times.tolist()):
            noise = self.keep[i] * noise + self.move[i] * denoise(noise, torch.full((len(noise),), float(t), device=noise.device), rows)
        return noise


def draw_trajectories(team: Team, teacher: nn.Module, options: argparse.Namespace, key: str) -> None:
    """Draws this process's share of the paths that are still missing; safe to stop at any moment."""
    rows, captions = np.load(LATENTS / "rows.npy", mmap_mode="r"), np.load(LATENTS / "caption.npy")
    empty = torch.from_numpy(rows[json.loads((LATENTS / "facts.json").read_text())["empty"]]).float()[None].to(device())
    KEPT.mkdir(parents=True, exist_ok=True)
    for part in range(team.rank, options.trajectories // PART, team.size):
        path = KEPT / f"{key}-{part:05d}.npz"
        if path.exists():
            continue
        random = np.random.default_rng([7, part])
        caption = captions[random.integers(0, len(captions), PART)]
        text = torch.from_numpy(rows[caption]).float().to(device())
        noise = torch.randn(PART, CHANNELS, 16, 16, generator=torch.Generator().manual_seed(900_000 + part)).to(device())
        drawn = trajectory(denoiser_of(teacher), noise, text, empty, options.teacher_steps, options.teacher_steps // options.steps, options.guidance)
        temporary = path.with_suffix(".tmp.npz")
        np.savez(temporary, path=drawn.cpu().numpy().astype(np.float16), caption=caption)
        temporary.rename(path)
        if team.rank == 0 and part % (8 * team.size) == 0:
            print(f"trajectories: {part + 1} of {options.trajectories // PART} parts", flush=True)


def train(team: Team, options: argparse.Namespace) -> None:
    """Draws paths, then trains; the same in every process."""
    torch.manual_seed(0)
    found = weights.find("denoiser")
    if found is None:
        raise SystemExit("There is no denoiser to distil: run python -m training.stages.denoiser first.")
    unet = make_unet().to(device())
    unet.load_state_dict(found[0])
    stepped = quick(unet)
    key = f"{found[1]['seen']}-{options.teacher_steps}-{options.guidance:g}-{options.steps}"
    draw_trajectories(team, stepped.eval(), options, key)
    team.wait()
    files = sorted(KEPT.glob(f"{key}-*.npz"))
    drawn = [np.load(path) for path in files]
    paths = torch.from_numpy(np.concatenate([d["path"] for d in drawn], 1))
    paths = paths.to(device()) if has_room(paths.nbytes) else paths
    captions = torch.from_numpy(np.concatenate([d["caption"] for d in drawn]))
    rows = kept_near(LATENTS / "rows.npy")

    state = checkpoint.load(FOLDER / "last.pt", found[1].get("renderer"))
    run = Run(FOLDER, options.samples, options.minutes)
    ema = Ema(unet, 0.998)
    optimizer = Pair(unet, options.rate, plain=("conv_in", "conv_out"))
    if state is not None and state["facts"]["teacher"] == key:
        unet.load_state_dict(state["model"])
        ema.module.load_state_dict(state["weights"])
        ema.updates = state["updates"]
        optimizer.load_state_dict(state["optimizer"])
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"], state["minutes"])
    random = np.random.default_rng([run.seen, team.rank])
    steps, own, first = Steps(options.steps), options.batch // team.size, team.rank == 0

    def save() -> None:
        facts = {"seen": run.seen, "teacher": key, "trajectories": len(captions), "renderer": found[1].get("renderer"), "scaling_factor": found[1]["scaling_factor"]}
        checkpoint.save(FOLDER / "last.pt", {"model": unet.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates,
                                             "optimizer": optimizer.state_dict(), "minutes": run.used_minutes, "facts": facts})

    losses: list[Tensor] = []
    stepped.train()
    stop = False
    while not stop:
        which, step = (torch.from_numpy(random.integers(0, most, own)) for most in (len(captions), options.steps))
        there = lambda x, near: x.to(near.device)  # noqa: E731
        before, after = (paths[there(step + k, paths), there(which, paths)].to(device()).float() for k in (0, 1))
        text = rows[there(captions[which], rows)].to(device()).float()
        loss = steps.loss(stepped, before, after, step.to(device()), text).mean()
        optimizer.zero_grad()
        loss.backward()
        rate, stop = team.average(unet.parameters(), run.rate(options.rate, 20 * options.batch, 0.2), not run.going)
        torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.set_rate(rate)
        optimizer.step()
        run.seen += own * team.size
        losses.append(loss.detach())
        if first:
            ema.update(unet)
            if run.every("log", 45):
                run.log(loss=float(torch.stack(losses).mean()), rate=rate)
                losses = []
                save()
    if first:
        save()
        measurements.keep("defaults-fast", {"steps": options.steps, "guidanceScale": 1, "scheduler": "ddim"})
        vae, clip = load_frozen()
        text = encode_captions(clip, [p for p in GRID for _ in range(2)])
        latent = steps.draw(ema.module, starting_noise([i % 2 for i in range(len(text))], (CHANNELS, 16, 16)).to(device()), text)
        with torch.no_grad():
            sheet(vae.decoder(latent / found[1]["scaling_factor"]).cpu(), 8, FOLDER / f"grid-{run.seen:08d}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trajectories", type=int, default=16_000)
    shipped = shipped_defaults()
    parser.add_argument("--teacher-steps", type=int, default=8, help="of second order, so 8 are as near to the path's end as many more of DDIM")
    parser.add_argument("--guidance", type=float, default=shipped["guidanceScale"], help="the teacher's guidance, which the student keeps")
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--samples", type=int, default=400_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=384 if device().type == "cuda" else 64, help="over all processes")
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    launch(train, parser.parse_args())


if __name__ == "__main__":
    main()
