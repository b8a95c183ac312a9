"""Runs the exported files with ONNX Runtime: pictures to people with probabilities, prompts to pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from training import tokenizer
from training.models.reader import ATTRIBUTES, OFFSETS, decode_boxes
from training.models.vae import CHANNELS
from training.onnx_tools import session
from training.sampling import ddim, starting_noise

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Person:
    """One person found: box (x, y, w, h in px), score and logits of all attributes [27]."""

    box: Array
    score: float
    logits: Array

    def probabilities(self, attribute: str, temperature: float = 1.0) -> Array:
        values = next(a.values for a in ATTRIBUTES if a.id == attribute)
        part = self.logits[OFFSETS[attribute]:OFFSETS[attribute] + len(values)] / temperature
        e = np.exp(part - part.max())
        return e / e.sum()


def overlap(a: Array, b: Array) -> float:
    """Intersection over union of two boxes (x, y, w, h)."""
    w = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    h = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0.0, w) * max(0.0, h)
    return float(shared / (a[2] * a[3] + b[2] * b[3] - shared))


class PeopleReader:
    """The exported reader with its own thresholds."""

    def __init__(self, folder: Path) -> None:
        self.config = json.loads((folder / "perception/reader.json").read_text())
        self._session = session(folder / "perception/reader.onnx")

    def read(self, pictures: Array) -> list[list[Person]]:
        """@param pictures [B, 3, 128, 128] in 0..1. @returns the people of each picture, best score first."""
        heat, box, logits = self._session.run(None, {"image": pictures.astype(np.float32)})
        chance = 1 / (1 + np.exp(-heat[:, 0]))
        top = F.max_pool2d(torch.from_numpy(chance)[:, None], 3, 1, 1)[:, 0].numpy()
        boxes = decode_boxes(torch.from_numpy(box)).numpy()
        found: list[list[Person]] = []
        for i in range(len(pictures)):
            rows, columns = np.nonzero((chance[i] >= top[i]) & (chance[i] > self.config["heatThreshold"]))
            people = [Person(boxes[i, :, r, c], float(chance[i, r, c]), logits[i, :, r, c]) for r, c in zip(rows, columns)]
            kept: list[Person] = []
            for person in sorted(people, key=lambda p: -p.score):
                if all(overlap(person.box, k.box) <= self.config["nmsIou"] for k in kept):
                    kept.append(person)
            found.append(kept)
        return found

    def value(self, person: Person, attribute: str) -> str | None:
        """The most probable value, or None when it is unclear."""
        entry = next(a for a in self.config["attributes"] if a["id"] == attribute)
        chance = person.probabilities(attribute, entry["temperature"])
        return entry["values"][int(chance.argmax())]["id"] if chance.max() >= entry["unclearBelow"] else None


class ExportedPipeline:
    """The shipped files as the studio runs them (DDIM, classifier-free guidance, one UNet call a step)."""

    def __init__(self, folder: Path) -> None:
        self.text, self.unet, self.decoder, self.encoder = (
            session(folder / f"{name}/model.onnx") for name in ("text_encoder", "unet", "vae_decoder", "vae_encoder"))
        self.tokens = tokenizer.load(folder / "tokenizer")
        self.scale = json.loads((folder / "vae_decoder/config.json").read_text())["scaling_factor"]
        self.shape = (CHANNELS, 16, 16)

    def rows(self, prompts: list[str]) -> Tensor:
        """Text rows [N, 77, D]; each distinct prompt is encoded once."""
        unique = sorted(set(prompts))
        ids = np.array(tokenizer.encode(self.tokens, unique), np.int64)
        rows = torch.from_numpy(self.text.run(["last_hidden_state"], {"input_ids": ids})[0])
        return rows[[unique.index(p) for p in prompts]]

    def denoise(self, x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        return torch.from_numpy(self.unet.run(None, {"sample": x.numpy(), "timestep": t.numpy(), "encoder_hidden_states": rows.numpy()})[0])

    def draw(self, prompts: list[str], seeds: list[int], steps: int, guidance: float, batch: int = 16) -> Array:
        """One picture per prompt and seed. @returns [N, 3, 128, 128] in 0..1."""
        rows, empty, out = self.rows(prompts), self.rows([""]), []
        for start in range(0, len(prompts), batch):
            part = slice(start, start + batch)
            latent = ddim(self.denoise, starting_noise(seeds[part], self.shape), rows[part], empty, steps, guidance)
            out.append(self.decode(latent / self.scale))
        return np.concatenate(out)

    def decode(self, latent: Tensor) -> Array:
        return np.clip(self.decoder.run(None, {"latent_sample": latent.numpy()})[0] * 0.5 + 0.5, 0, 1)

    def round_trip(self, pictures: Array) -> Array:
        """Pictures in 0..1 through encoder and decoder."""
        return self.decode(torch.from_numpy(self.encoder.run(None, {"sample": pictures * 2 - 1})[0]))
