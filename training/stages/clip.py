"""Stage 2, world-CLIP: `python -m training.stages.clip` (after training.vocabulary). Trained contrastively, then frozen."""

from __future__ import annotations

import argparse

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from training import checkpoint, tokenizer, vocabulary, weights
from training.data import Pictures, signed
from training.device import autocast, device
from training.models.text import WorldClip
from training.muon import Pair
from training.parallel import Team, launch
from training.paths import BIASED, RUNS
from training.progress import Run

FOLDER = RUNS / "clip"
TRAIN_TOKENS = 40
"""Captions are shorter than this. With causal attention and end-token padding, a short row is the same function as one of 77."""
KEPT = 2048
"""The last pictures of the data set are kept out, to measure retrieval."""


def contrastive(clip: WorldClip, picture: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Symmetric cross-entropy (Radford et al. 2021); equal captions in a batch share the target. @returns loss, logits [B, B]."""
    with autocast():
        image, text = clip.image(picture), clip.encode_text(ids)
    logits = clip.logit_scale.exp().clamp(max=100) * image.float() @ text.float().T
    same = (ids[:, None] == ids[None]).all(-1).float()
    target = same / same.sum(1, keepdim=True)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target)) / 2, logits


def batches_of_like_length(random: np.random.Generator, lengths: np.ndarray, batch: int, pool: int = 6) -> list[tuple[np.ndarray, int]]:
    """`pool` batches whose captions are about equally long, in random order, with the tokens each needs: half the text work."""
    rows = random.integers(0, len(lengths), pool * batch)
    rows = rows[np.argsort(lengths[rows], kind="stable")].reshape(pool, batch)
    return [(r, int(lengths[r].max())) for r in random.permutation(rows)]


@torch.no_grad()
def retrieval(clip: WorldClip, data: Pictures, ids: Tensor, batch: int = 256) -> float:
    """Share of held-out pictures whose best caption among 256 is theirs (or worded the same)."""
    clip.eval()
    right = total = 0
    for start in range(len(data) - KEPT, len(data) - batch + 1, batch):
        rows = np.arange(start, start + batch)
        _, logits = contrastive(clip, signed(data.pictures(rows)).to(device()), ids[rows].to(device()))
        best = ids[rows][logits.argmax(1).cpu()]
        right += int((best == ids[rows]).all(1).sum())
        total += batch
    return right / total


@torch.no_grad()
def geometry(clip: WorldClip) -> dict[str, float]:
    """What the closed-form methods rely on: norms of end-token rows, their common component, cosines of raw and centred rows."""
    clip.eval()
    jobs = ["doctor", "nurse", "engineer", "ceo", "teacher", "chef", "firefighter", "farmer", "scientist", "housekeeper"]
    texts = [f"a {job}" for job in jobs] + [f"a female {job}" for job in jobs] + [f"a male {job}" for job in jobs]
    ids = torch.tensor(tokenizer.encode(vocabulary.load(), texts)).to(device())
    rows = clip.text(input_ids=ids).pooler_output.float()
    mean, n = rows.mean(0), len(jobs)
    cosine = lambda a, b: float(F.cosine_similarity(a, b, dim=-1).mean())  # noqa: E731
    centred = rows - mean
    return {
        "eosNormMean": float(rows.norm(dim=1).mean()), "eosNormStd": float(rows.norm(dim=1).std()),
        "commonShare": float(mean.norm() / rows.norm(dim=1).mean()),
        "nurseFemale": cosine(rows[1], rows[n + 1]), "nurseMale": cosine(rows[1], rows[2 * n + 1]),
        "nurseFemaleCentred": cosine(centred[1], centred[n + 1]), "nurseMaleCentred": cosine(centred[1], centred[2 * n + 1]),
        "ceoFemaleCentred": cosine(centred[3], centred[n + 3]), "ceoMaleCentred": cosine(centred[3], centred[2 * n + 3]),
    }


def train(team: Team, options: argparse.Namespace) -> None:
    """The same in every process, each with negatives of its own; rank 0 logs, saves and measures."""
    torch.manual_seed(0)
    data, tokens = Pictures(BIASED), vocabulary.load()
    ids = torch.tensor(tokenizer.encode(tokens, data.captions(), TRAIN_TOKENS))
    clip = WorldClip(tokens.get_vocab_size()).to(device())
    state = checkpoint.load(FOLDER / "last.pt", data.renderer)
    if state is None and options.resume_from_committed and (found := weights.find("clip", True)):
        clip.load_state_dict(found[0])
    optimizer = Pair(clip, options.rate, plain=("embedding",))
    run = Run(FOLDER, options.samples, options.minutes)
    if state is not None:
        clip.load_state_dict(state["weights"])
        optimizer.load_state_dict(state["optimizer"])
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"], state["minutes"])
    random = np.random.default_rng([run.seen, team.rank])
    own = options.batch // team.size

    def save(figures: dict[str, object]) -> None:
        checkpoint.save(FOLDER / "last.pt", {"weights": clip.state_dict(), "optimizer": optimizer.state_dict(), "minutes": run.used_minutes,
                                             "facts": {"seen": run.seen, "renderer": data.renderer, **figures}})

    losses: list[float] = []
    lengths = (ids != ids[0, -1]).sum(1).numpy()[:-KEPT] + 1  # up to the first end token
    queue: list[tuple[np.ndarray, int]] = []
    stop = False
    while not stop:
        if not queue:
            queue = batches_of_like_length(random, lengths, own)
        rows, tokens_needed = queue.pop()
        clip.train()
        loss, _ = contrastive(clip, signed(data.pictures(rows)).to(device()), ids[rows, :tokens_needed].to(device()))
        optimizer.zero_grad()
        loss.backward()
        rate, stop = team.average(clip.parameters(), run.rate(options.rate, 20 * options.batch, 0.3), not run.going)
        torch.nn.utils.clip_grad_norm_(clip.parameters(), 1.0)
        optimizer.set_rate(rate)
        optimizer.step()
        run.seen += own * team.size
        losses.append(float(loss.detach()))
        if team.rank == 0 and run.every("eval", 75):
            figures = {"retrieval": retrieval(clip, data, ids)}
            run.log(loss=float(np.mean(losses)), **figures)
            losses = []
            save(figures)
    if team.rank == 0:
        figures = {"retrieval": retrieval(clip, data, ids)}
        run.log(loss=float(np.mean(losses)), **figures)
        shape = geometry(clip)
        save(figures | {"geometry": shape})
        print(shape)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=384, help="over all processes; negatives come from a process's own share")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    parser.add_argument("--resume-from-committed", action="store_true")
    launch(train, parser.parse_args())


if __name__ == "__main__":
    main()
