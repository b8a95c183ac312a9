"""Stage 1, the autoencoder: `python -m training.stages.vae` (after rendering)."""

from __future__ import annotations

import argparse
import math

import numpy as np
import torch
from torch import Tensor, nn

from training import checkpoint, weights
from training.data import Pictures, head_weights, sheet, signed
from training.device import autocast, device, quick
from training.ema import Ema
from training.models.vae import Autoencoder, moment_penalty
from training.muon import Pair
from training.parallel import Team, launch
from training.paths import BALANCED, BIASED, HELD_OUT, RUNS
from training.progress import Run

FOLDER = RUNS / "vae"
HEAD_WEIGHT = 4.0
MOMENTS = 0.01
BALANCED_SHARE = 0.3
"""Share of batches from the balanced pictures: rare looks in crowds, the hardest to code."""
L1_SHARE = 0.1
"""Weight of the absolute error beside twice the squared one: enough for flat colours to be exactly flat; PSNR counts the squares."""


def loss_of(model: nn.Module, picture: Tensor, heads: Tensor, noise: float) -> Tensor:
    """0.1 L1 + 2 MSE, head boxes weighted; the latent is kept in shape by its first two moments and by noise."""
    weight = head_weights(heads.to(picture.device), HEAD_WEIGHT)
    with autocast():
        out, latent = model(picture, noise)
    error = out.float() - picture
    return (weight * (L1_SHARE * error.abs() + 2 * error.square())).mean() / weight.mean() + MOMENTS * moment_penalty(latent)


@torch.no_grad()
def measure(model: Autoencoder, data: Pictures, count: int, save_sheet: bool = True) -> dict[str, float]:
    """PSNR in dB over whole pictures and over head boxes alone, on the first `count` held-out pictures."""
    whole = face = face_weight = 0.0
    for start in range(0, count, 50):
        rows = np.arange(start, min(start + 50, count))
        picture = signed(data.pictures(rows)).to(device())
        with autocast():
            out = model(picture)[0].float().clamp(-1, 1)
        square = (out - picture).square() / 4
        inside = head_weights(data.heads[rows].to(picture.device), 2.0) - 1
        whole += float(square.mean((1, 2, 3)).sum())
        face += float((square * inside).sum() / 3)
        face_weight += float(inside.sum())
        if start == 0 and save_sheet:
            pairs = torch.stack([picture[:16], out[:16]], 1).flatten(0, 1)
            sheet(pairs.cpu(), 8, FOLDER / "round-trip.png")
    return {"psnr": -10 * math.log10(whole / count), "psnr_head": -10 * math.log10(face / face_weight)}


def train(team: Team, options: argparse.Namespace) -> None:
    """The same in every process; rank 0 keeps the moving average, logs, saves and measures."""
    torch.manual_seed(0)
    data, held_out = [Pictures(BIASED), Pictures(BALANCED)], Pictures(HELD_OUT)
    for pictures in data:
        pictures.keep_on_device()
    model = Autoencoder().to(device())
    first = team.rank == 0
    state = checkpoint.load(FOLDER / "last.pt", data[0].renderer)
    if state is None and options.resume_from_committed and (found := weights.find("vae", True)):
        model.load_state_dict(found[0])
    elif state is None:
        some = np.random.default_rng(0).integers(0, len(data[0]), (16, 32))
        model.encoder.calibrate(signed(data[0].pictures(rows)).to(device()) for rows in some)
    ema = Ema(model, 0.998)
    if options.decoder_only:
        model.encoder.requires_grad_(False)
    optimizer = Pair(model, options.rate, weight_decay=1e-3)
    run = Run(FOLDER, options.samples, options.minutes)
    if state is not None:
        model.load_state_dict(state["model"])
        ema.module.load_state_dict(state["weights"])
        ema.updates = state["updates"]
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"], state["minutes"])
        if state["decoder_only"] == options.decoder_only:
            optimizer.load_state_dict(state["optimizer"])
    random = np.random.default_rng([run.seen, team.rank])
    torch.manual_seed(run.seen * 1000 + team.rank)
    own = options.batch // team.size
    stepped = quick(model.train())

    def save(figures: dict[str, float]) -> None:
        facts = {"seen": run.seen, "renderer": data[0].renderer, **figures}
        checkpoint.save(FOLDER / "last.pt", {"model": model.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates,
                                             "optimizer": optimizer.state_dict(), "minutes": run.used_minutes, "decoder_only": options.decoder_only, "facts": facts})

    losses: list[Tensor] = []
    stop = False
    while not stop:
        source = data[int(random.random() < BALANCED_SHARE)]
        rows = random.integers(0, len(source), own)
        picture = signed(source.pictures(rows)).to(device())
        loss = loss_of(stepped, picture, source.heads[rows], options.noise)
        optimizer.zero_grad()
        loss.backward()
        rate, stop = team.average(model.parameters(), run.rate(options.rate, 100 * options.batch, options.decay_from), not run.going)
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.set_rate(rate)
        optimizer.step()
        run.seen += own * team.size
        losses.append(loss.detach())
        if not first:
            continue
        ema.update(model)
        if run.every("eval", options.eval_every):
            figures = measure(ema.module, held_out, 200)
            run.log(loss=float(torch.stack(losses).mean()), **figures)
            losses = []
            save(figures)
    if first:
        figures = measure(ema.module, held_out, 1000)
        run.log(loss=float(torch.stack(losses).mean()), **figures)
        save(figures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=256 if device().type == "cuda" else 32, help="over all processes")
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--decay-from", type=float, default=0.3)
    parser.add_argument("--noise", type=float, default=0.08)
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    parser.add_argument("--decoder-only", action="store_true", help="fine-tune the decoder, the encoder frozen (latents stay valid)")
    parser.add_argument("--resume-from-committed", action="store_true", help="start from training/checkpoints")
    parser.add_argument("--eval-every", type=float, default=120, help="seconds")
    launch(train, parser.parse_args())


if __name__ == "__main__":
    main()
