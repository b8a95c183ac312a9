"""Stage 1, the autoencoder: `python -m training.stages.vae` (after rendering)."""

from __future__ import annotations

import argparse
import math

import numpy as np
import torch
from torch import Tensor

from training import checkpoint, weights
from training.data import Pictures, head_weights, sheet, signed
from training.device import autocast, device
from training.ema import Ema
from training.models.vae import Autoencoder
from training.muon import Pair
from training.paths import BIASED, HELD_OUT, RUNS
from training.progress import Run

FOLDER = RUNS / "vae"
HEAD_WEIGHT = 4.0


def loss_of(model: Autoencoder, picture: Tensor, heads: Tensor, noise: float) -> Tensor:
    """L1 + 2 MSE, head boxes weighted, plus nothing else: the latent is kept in shape by standardisation and noise."""
    weight = head_weights(heads, HEAD_WEIGHT).to(picture.device)
    with autocast():
        out, _ = model(picture, noise)
    error = out.float() - picture
    return (weight * (error.abs() + 2 * error.square())).mean() / weight.mean()


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
        inside = head_weights(data.heads[rows], 2.0).to(picture.device) - 1
        whole += float(square.mean((1, 2, 3)).sum())
        face += float((square * inside).sum() / 3)
        face_weight += float(inside.sum())
        if start == 0 and save_sheet:
            pairs = torch.stack([picture[:16], out[:16]], 1).flatten(0, 1)
            sheet(pairs.cpu(), 8, FOLDER / "round-trip.png")
    return {"psnr": -10 * math.log10(whole / count), "psnr_head": -10 * math.log10(face / face_weight)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--decay-from", type=float, default=0.5)
    parser.add_argument("--noise", type=float, default=0.15)
    parser.add_argument("--decoder-only", action="store_true", help="fine-tune the decoder, the encoder frozen (latents stay valid)")
    parser.add_argument("--resume-from-committed", action="store_true", help="start from training/checkpoints")
    parser.add_argument("--eval-every", type=float, default=120, help="seconds")
    options = parser.parse_args()
    data, held_out = Pictures(BIASED), Pictures(HELD_OUT)
    model = Autoencoder().to(device())
    state = checkpoint.load(FOLDER / "last.pt")
    if state is None and options.resume_from_committed and (found := weights.find("vae", True)):
        model.load_state_dict(found[0])
    ema = Ema(model, 0.999)
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
    random = np.random.default_rng(run.seen)

    def save(figures: dict[str, float]) -> None:
        facts = {"seen": run.seen, "renderer": data.renderer, **figures}
        checkpoint.save(FOLDER / "last.pt", {"model": model.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates,
                                             "optimizer": optimizer.state_dict(), "minutes": run.used_minutes, "decoder_only": options.decoder_only, "facts": facts})

    total, steps = 0.0, 0
    while run.going:
        rows = random.integers(0, len(data), options.batch)
        picture = signed(data.pictures(rows)).to(device())
        model.train()
        if options.decoder_only:
            model.encoder.eval()
        optimizer.set_rate(run.rate(options.rate, 3200, options.decay_from))
        loss = loss_of(model, picture, data.heads[rows], options.noise)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        ema.update(model)
        run.seen += options.batch
        total, steps = total + float(loss.detach()), steps + 1
        if run.every("eval", options.eval_every):
            figures = measure(ema.module, held_out, 200)
            run.log(loss=total / steps, **figures)
            total, steps = 0.0, 0
            save(figures)
    figures = measure(ema.module, held_out, 1000)
    run.log(loss=total / max(1, steps), **figures)
    save(figures)


if __name__ == "__main__":
    main()
