"""Stage 3: encodes every picture and every caption once, `python -m training.stages.latents` (after vae and clip)."""

from __future__ import annotations

import argparse
import json
import math

import numpy as np
import torch

from training import tokenizer, vocabulary, weights
from training.data import Pictures, signed
from training.device import autocast, device
from training.models.text import MAX_TOKENS, WIDTH, WorldClip
from training.models.vae import CHANNELS, Autoencoder
from training.parallel import Team, launch
from training.paths import BIASED, LATENTS
from training.whole import need_room

BATCH = 1000 if device().type == "cuda" else 100
SIGNAL = 0.3
"""Standard deviation of scaled latents. Below 1 the whole schedule moves towards noise (Chen 2023, "On the Importance of Noise
Scheduling for Diffusion Models", section 2.2): skin tone, age and who stands beside whom are spread over hundreds of latent numbers and are decided
where a signal of 1 leaves training and the first of 16 steps nearly nothing (README)."""


def load_frozen() -> tuple[Autoencoder, WorldClip]:
    """@raises SystemExit when the autoencoder or world-CLIP was not trained yet."""
    vae, clip = Autoencoder(), WorldClip(vocabulary.load().get_vocab_size())
    for stage, module in (("vae", vae), ("clip", clip)):
        found = weights.find(stage)
        if found is None:
            raise SystemExit(f"There are no weights of {stage}: run python -m training.stages.{stage} first.")
        module.load_state_dict(found[0])
        module.eval().requires_grad_(False).to(device())
    return vae, clip


@torch.no_grad()
def encode_captions(clip: WorldClip, texts: list[str]) -> torch.Tensor:
    """Text rows [N, 77, 192] in fp32 on the device."""
    ids = torch.tensor(tokenizer.encode(vocabulary.load(), texts, MAX_TOKENS)).to(device())
    return clip.text(input_ids=ids).last_hidden_state.float()


@torch.no_grad()
def encode(team: Team, options: argparse.Namespace) -> None:
    """Every process encodes its share of the pictures and of the different captions into the same files."""
    data = Pictures(BIASED, options.pictures)
    vae, clip = load_frozen()
    unique, which = np.unique(np.array(["", *data.captions()]), return_inverse=True)
    files = {"latents.npy": (len(data), CHANNELS, 16, 16), "rows.npy": (len(unique), MAX_TOKENS, WIDTH)}
    if team.rank == 0:
        LATENTS.mkdir(parents=True, exist_ok=True)
        (LATENTS / "facts.json").unlink(missing_ok=True)
        need_room(LATENTS, sum(2 * math.prod(shape) for shape in files.values()))
        for name, shape in files.items():
            np.lib.format.open_memmap(LATENTS / name, "w+", np.float16, shape).flush()
    team.wait()
    latents, text = (np.load(LATENTS / name, mmap_mode="r+") for name in files)
    for start in range(BATCH * team.rank, len(data), BATCH * team.size):
        rows = np.arange(start, min(start + BATCH, len(data)))
        with autocast():
            z = vae.encoder(signed(data.pictures(rows)).to(device()))
        latents[rows] = z.float().cpu().numpy().astype(np.float16)
    for start in range(BATCH * team.rank, len(unique), BATCH * team.size):
        with autocast():
            encoded = encode_captions(clip, [str(t) for t in unique[start:start + BATCH]])
        text[start:start + BATCH] = encoded.cpu().numpy().astype(np.float16)
    team.wait()
    if team.rank == 0:
        deviation = float(np.asarray(latents[::7], np.float32).std())
        np.save(LATENTS / "caption.npy", which[1:].astype(np.int32))
        facts = {"scaling_factor": SIGNAL / deviation, "empty": int(which[0]), "renderer": data.renderer, "pictures": len(data), "captions": len(unique)}
        (LATENTS / "facts.json").write_text(json.dumps(facts))
        print(facts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=None, help="use only so many, in whole shards")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 is one per core on a CPU, one on CUDA")
    launch(encode, parser.parse_args())


if __name__ == "__main__":
    main()
