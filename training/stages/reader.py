"""Stage 5, the reader: `python -m training.stages.reader` (after vae). Trained on balanced renderings, half of them decoded latents."""

from __future__ import annotations

import argparse

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training import checkpoint, weights
from training.data import Pictures, SIZE, signed
from training.device import autocast, device
from training.ema import Ema
from training.models.reader import ATTRIBUTES, OFFSETS, Reader
from training.models.vae import Autoencoder
from training.muon import Pair
from training.parallel import Team, launch
from training.paths import BALANCED, HELD_OUT, RUNS
from training.progress import Run
from training.reader_targets import attribute_shares, flipped, targets

FOLDER = RUNS / "reader"


def losses_of(reader: nn.Module, picture: Tensor, heads: Tensor, shares: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """CenterNet's focal loss on the heat, L1 on boxes, cross-entropy on attributes; each per person. @returns heat, box, attributes."""
    heat, owner, weight, box = (t.to(picture.device) for t in targets(heads))
    people = (heads[..., 2] > 0).sum().clamp(min=1)
    with autocast():
        out_heat, out_box, out_attributes = (o.float() for o in reader(picture))
    p = torch.sigmoid(out_heat[:, 0]).clamp(1e-5, 1 - 1e-5)
    focal = torch.where(heat == 1, -(1 - p).square() * p.log(), -(1 - heat).pow(4) * p.square() * (1 - p).log()).sum() / people
    norm = weight.sum().clamp(min=1)
    box_loss = ((out_box - box).abs().sum(1) * weight).sum() / norm
    wanted = shares.to(picture.device)[torch.arange(len(owner))[:, None, None], owner]  # [B, 16, 16, 27]
    attribute_loss = torch.zeros((), device=picture.device)
    for a in ATTRIBUTES:
        part = slice(OFFSETS[a.id], OFFSETS[a.id] + len(a.values))
        logs = F.log_softmax(out_attributes[:, part], 1)
        attribute_loss = attribute_loss - ((logs * wanted[..., part].permute(0, 3, 1, 2)).sum(1) * weight).sum() / norm
    return focal, box_loss, attribute_loss


def augment(picture: Tensor, heads: Tensor, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Mirror, shift up to 10 px, blur, noise, a little brightness and contrast (skin tone must stay readable)."""
    if random.random() < 0.5:
        picture, heads = picture.flip(3), flipped(heads)
    sx, sy = (int(v) for v in random.integers(-10, 11, 2))
    padded = F.pad(picture, (10, 10, 10, 10), mode="replicate")
    picture = padded[:, :, 10 - sy:10 - sy + SIZE, 10 - sx:10 - sx + SIZE]
    present = heads[..., 2:3] > 0
    heads = heads + torch.tensor([sx, sy, 0, 0]) * present
    b = len(picture)
    amount = torch.rand(b, 1, 1, 1) * torch.from_numpy((random.random((b, 1, 1, 1)) < 0.5).astype(np.float32))
    picture = picture + amount * (F.avg_pool2d(F.pad(picture, (1, 1, 1, 1), mode="replicate"), 3, 1) - picture)
    gain, shift = 1 + 0.12 * (torch.rand(b, 1, 1, 1) - 0.5), 0.06 * (torch.rand(b, 3, 1, 1) - 0.5)
    picture = picture * gain + shift + torch.randn_like(picture) * (torch.rand(b, 1, 1, 1) * 0.04)
    return picture.clamp(0, 1), heads


def round_trips(data: Pictures, count: int) -> np.ndarray:
    """uint8 [count, 3, 128, 128]: the first pictures of the set through the autoencoder with a little latent noise; made once."""
    path = data.folder / "round-trip.npy"
    if path.exists() and len(made := np.load(path, mmap_mode="r")) >= count:
        return made
    found = weights.find("vae")
    if found is None:
        raise SystemExit("The reader learns from decoded pictures too: run python -m training.stages.vae first.")
    vae = Autoencoder()
    vae.load_state_dict(found[0])
    vae.eval().to(device())
    temporary = path.with_suffix(".tmp.npy")
    out = np.lib.format.open_memmap(temporary, "w+", np.uint8, (count, 3, SIZE, SIZE))
    for start in range(0, count, 50):
        rows = np.arange(start, min(start + 50, count))
        with torch.no_grad(), autocast():
            z = vae.encoder(signed(data.pictures(rows)).to(device()))
            decoded = vae.decoder(z + torch.randn_like(z) * torch.rand(len(z), 1, 1, 1, device=z.device) * 0.25)
        out[rows] = ((decoded.float().clamp(-1, 1) + 1) * 127.5).round().byte().cpu().numpy()
    out.flush()
    temporary.rename(path)
    return np.load(path, mmap_mode="r")


@torch.no_grad()
def quick_accuracy(reader: nn.Module, data: Pictures, shares: Tensor, count: int = 400) -> dict[str, float]:
    """Accuracy per attribute at the true head cells of held-out pictures, and the share of heads with heat over 0.4."""
    right = {a.id: 0 for a in ATTRIBUTES}
    n = {a.id: 0 for a in ATTRIBUTES}
    found = total = 0
    for start in range(0, count, 100):
        rows = np.arange(start, start + 100)
        heads, picture = data.heads[rows], data.pictures(rows).float() / 255
        with autocast():
            heat, _, logits = (o.float().cpu() for o in reader(picture.to(device())))
        i, j = torch.nonzero(heads[..., 2] > 0, as_tuple=True)
        col = ((heads[i, j, 0] + heads[i, j, 2] / 2) / 8).long().clamp(0, 15)
        row = ((heads[i, j, 1] + heads[i, j, 3] / 2) / 8).long().clamp(0, 15)
        found, total = found + int((heat[i, 0, row, col].sigmoid() > 0.4).sum()), total + len(i)
        for a in ATTRIBUTES:
            part = slice(OFFSETS[a.id], OFFSETS[a.id] + len(a.values))
            truth = shares[rows][i, j][:, part]
            sure = truth.max(1).values > 0.9
            hit = logits[i, part, row, col].argmax(1) == truth.argmax(1)
            right[a.id], n[a.id] = right[a.id] + int((hit & sure).sum()), n[a.id] + int(sure.sum())
    return {"heads": found / total} | {k: right[k] / max(1, n[k]) for k in right}


def train(team: Team, options: argparse.Namespace) -> None:
    """The same in every process; rank 0 keeps the moving average, logs and saves."""
    torch.manual_seed(0)
    data, held_out = Pictures(BALANCED), Pictures(HELD_OUT, 2000)
    decoded = round_trips(data, min(options.decoded, len(data)))  # made by main() before the processes start
    shares, held_shares = attribute_shares(data.records), attribute_shares(held_out.records)
    reader = Reader().to(device())
    state = checkpoint.load(FOLDER / "last.pt")
    if state is None and options.resume_from_committed and (loaded := weights.find("reader", True)):
        reader.load_state_dict(loaded[0])
    ema = Ema(reader, 0.998)
    optimizer = Pair(reader, options.rate)
    run = Run(FOLDER, options.samples, options.minutes)
    if state is not None:
        reader.load_state_dict(state["model"])
        ema.module.load_state_dict(state["weights"])
        ema.updates = state["updates"]
        optimizer.load_state_dict(state["optimizer"])
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"], state["minutes"])
    random = np.random.default_rng([run.seen, team.rank])
    torch.manual_seed(run.seen * 1000 + team.rank)
    own, first = options.batch // team.size, team.rank == 0
    sums, steps = torch.zeros(3), 0

    def report() -> None:
        nonlocal sums, steps
        figures = quick_accuracy(ema.module, held_out, held_shares)
        run.log(**dict(zip(("heat", "box", "attributes"), (sums / max(1, steps)).tolist())), **{"read_" + k: v for k, v in figures.items()})
        sums, steps = torch.zeros(3), 0
        checkpoint.save(FOLDER / "last.pt", {"model": reader.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates, "optimizer": optimizer.state_dict(),
                                             "minutes": run.used_minutes, "facts": {"seen": run.seen, "renderer": data.renderer, "pictures": len(data), "decoded": len(decoded)}})

    reader.train()
    stop = False
    while not stop:
        half = random.random(own) < 0.5
        rows = np.where(half, random.integers(0, len(decoded), own), random.integers(0, len(data), own))
        pixels = data.pictures(rows)
        pixels[half] = torch.from_numpy(np.asarray(decoded[rows[half]]))
        picture, heads = augment(pixels.float() / 255, data.heads[rows], random)
        parts = losses_of(reader, picture.to(device()), heads, shares[rows])
        optimizer.zero_grad()
        (parts[0] + 0.5 * parts[1] + parts[2]).backward()
        rate, stop = team.average(reader.parameters(), run.rate(options.rate, 6400, 0.4), not run.going)
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 5.0)
        optimizer.set_rate(rate)
        optimizer.step()
        run.seen += own * team.size
        if first:
            ema.update(reader)
            sums, steps = sums + torch.stack(parts).detach().cpu(), steps + 1
            if run.every("eval", 90):
                report()
    if first:
        report()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=600_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=64, help="over all processes")
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--decoded", type=int, default=12_000, help="how many pictures go through the autoencoder")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    parser.add_argument("--resume-from-committed", action="store_true")
    options = parser.parse_args()
    round_trips(Pictures(BALANCED), options.decoded)
    launch(train, options)


if __name__ == "__main__":
    main()
