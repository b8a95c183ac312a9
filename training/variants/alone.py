"""Pictures of one person, encoded once: `python -m training.variants.alone` (after rendering the balanced world). What all variants of `people` learn from.

In the balanced world every attribute is uniform and independent of all others, so that choosing rows by one label imbalances that label alone.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.data import Pictures, signed
from training.device import autocast, device
from training.models.independent_reader import VALUES
from training.paths import BALANCED, DATA
from training.stages.latents import load_frozen
from training.whole import need_room, writing

FILE = DATA / "alone.npz"
HELD_OUT = 1000
"""So many of the last (but a fifth at most) are never trained on."""
MINORITY = {"gender": ("man", "woman"), "tone": ("light or tan (Monk 1-5)", "brown or dark (Monk 6-10)")}
"""Two classes of each imbalanced world, the majority first."""


@dataclass
class Alone:
    """Latents [N, 24, 16, 16] in fp16, world-CLIP's picture vectors [N, 128], and of each person the index of its value in VALUES."""

    latents: NDArray[np.float16]
    vectors: NDArray[np.float16]
    gender: NDArray[np.int8]
    tone: NDArray[np.int8]
    age: NDArray[np.int8]
    occupation: NDArray[np.int8]
    renderer: str

    @property
    def trained(self) -> int:
        """How many, from the first, may be trained on."""
        return len(self.latents) - min(HELD_OUT, len(self.latents) // 5)

    def classes(self, attribute: str) -> NDArray[np.int64]:
        """[N], 1 for the class that is a minority in its world."""
        return (self.gender == VALUES["gender"].index("woman") if attribute == "gender" else self.tone >= 2).astype(np.int64)


def load_alone() -> Alone:
    """@raises SystemExit when it was not made yet."""
    if not FILE.exists():
        raise SystemExit("There are no pictures of one person yet: run python -m training.variants.alone first.")
    with np.load(FILE) as file:
        return Alone(**{name: file[name] if file[name].ndim else str(file[name]) for name in file.files})


@torch.no_grad()
def encode(data: Pictures, rows: NDArray[np.int64], batch: int) -> tuple[Tensor, Tensor]:
    vae, clip = load_frozen()
    latents, vectors = [], []
    for start in range(0, len(rows), batch):
        picture = signed(data.pictures(rows[start:start + batch])).to(device())
        with autocast():
            latents.append(vae.encoder(picture).half().cpu())
            vectors.append(clip.image(picture).half().cpu())
    return torch.cat(latents), torch.cat(vectors)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=20_000)
    options = parser.parse_args()
    data = Pictures(BALANCED)
    people = [r["people"][0] if len(r["people"]) == 1 else None for r in data.records[:len(data)]]
    rows = np.array([i for i, p in enumerate(people) if p is not None and p["gender"] is not None])[:options.most]
    need_room(DATA, 13_000 * len(rows))
    latents, vectors = encode(data, rows, 1000 if device().type == "cuda" else 100)
    values = {name: np.array([VALUES[name].index(people[i][name]) for i in rows], np.int8) for name in ("gender", "tone", "age", "occupation")}
    with writing(FILE) as temporary, temporary.open("wb") as file:
        np.savez(file, latents=latents.numpy(), vectors=vectors.numpy(), renderer=np.array(data.renderer), **values)
    print(f"{len(rows)} pictures of one person")


if __name__ == "__main__":
    main()
