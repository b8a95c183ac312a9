"""The embedded `people` pipeline in torch, to fine-tune and to measure: prompts to latents to pictures to readings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training import tokenizer, vocabulary, weights
from training.device import autocast, device
from training.manifest import shipped_defaults
from training.models.independent_reader import VALUES
from training.models.schedule import make_scheduler
from training.models.text import MAX_TOKENS
from training.models.unet import make_unet
from training.models.vae import CHANNELS
from training.prompts import OCCUPATIONS
from training.sampling import guided, starting_noise
from training.stages.fast import Steps
from training.stages.latents import SIGNAL, load_frozen
from training.variants.alone import Alone, load_alone
from training.variants.fairness import fd, fd_floor, spread
from training.variants.people_reader import read_one

PROMPTS = {**{k: f"a photo of {v}" for k, v in OCCUPATIONS.items()}, "person": "a photo of a person"}
DROPPED = 0.1
"""Share of training rows with the empty prompt, as in the denoiser's own training."""


class Words(nn.Module):
    """A token table with further, learned rows at its end (Textual Inversion)."""

    def __init__(self, table: nn.Embedding, rows: Tensor) -> None:
        super().__init__()
        self.table, self.rows = table, nn.Parameter(rows)

    def forward(self, ids: Tensor) -> Tensor:
        return nn.functional.embedding(ids, torch.cat([self.table.weight, self.rows]))


class Embedded:
    """Denoiser, text encoder and decoder, frozen; LoRA and tokens are put in by whoever trains. @raises SystemExit without weights."""

    def __init__(self) -> None:
        found = weights.find("denoiser", prefer_committed=True)
        if found is None:
            raise SystemExit("There is no denoiser yet: run python -m training.stages.denoiser first.")
        self.unet = make_unet().to(device())
        self.unet.load_state_dict(found[0])
        self.unet.eval().requires_grad_(False)
        self.scale = float(found[1]["scaling_factor"])
        self.vae, self.clip = load_frozen()
        self.tokens = vocabulary.load()
        defaults = shipped_defaults()
        self.steps, self.guidance = int(str(defaults["steps"])), float(str(defaults["guidanceScale"]))
        self.alphas = make_scheduler().alphas_cumprod.to(device())

    def ids(self, prompts: list[str], added: list[int] | None = None) -> Tensor:
        """[N, 77]. @param added ids put behind the prompt's last word, in place of padding."""
        ids = torch.tensor(tokenizer.encode(self.tokens, prompts, MAX_TOKENS), device=device())
        if added:
            end = ids[0, -1]
            for row in ids:
                at = int((row == end).nonzero()[0])
                row[at:at + len(added)] = torch.tensor(added, device=device())
        return ids

    def rows(self, ids: Tensor) -> Tensor:
        """Text rows [N, 77, 192] with gradient to whatever was put into the text encoder."""
        return self.clip.text(input_ids=ids).last_hidden_state.float()

    def v(self, x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
        with autocast():
            return self.unet(x, t, rows, return_dict=False)[0].float()

    @torch.no_grad()
    def sample(self, rows: Tensor, noise: Tensor, empty: Tensor, steps: int | None = None) -> tuple[Tensor, Tensor]:
        """DDIM with the shipped guidance. @param empty rows [1, 77, 192]. @returns latents [N, 24, 16, 16] and the path [steps, N, 24, 16, 16] that led there."""
        plan, path = Steps(steps or self.steps), []
        for i, t in enumerate(plan.times.tolist()):
            path.append(noise)
            noise = plan.keep[i] * noise + plan.move[i] * guided(self.v, noise, t, rows, empty, self.guidance)
        return noise, torch.stack(path)

    def decode(self, latent: Tensor) -> Tensor:
        """Pictures [N, 3, 128, 128] in 0..1."""
        with autocast():
            return (self.vae.decoder(latent / self.scale).float() * 0.5 + 0.5).clamp(0, 1)


@dataclass
class Fair:
    """The fair set: one person a picture, every attribute uniform and independent. Latents [N, 24, 16, 16] in the denoiser's scale, on the device."""

    alone: Alone
    latents: Tensor
    occupation: Tensor

    @staticmethod
    def load(scale: float) -> Fair:
        alone = load_alone()
        train = slice(0, alone.trained)
        latents = (torch.from_numpy(alone.latents[train]).to(device()).float() * scale).half()
        return Fair(alone, latents, torch.from_numpy(alone.occupation[train].astype(np.int64)).to(device()))


@dataclass
class Predicted:
    """One training row each: what the denoiser said of v and with it of the noise, the true v, and the weight of the noise level [B]."""

    v: Tensor
    true_v: Tensor
    eps: Tensor
    weight: Tensor

    def loss(self) -> Tensor:
        """The denoiser's own (training/stages/denoiser.py, without its heads). @returns [B]."""
        return (self.v - self.true_v).square().mean((1, 2, 3)) * self.weight


def predict(pipeline: Embedded, latent: Tensor, rows: Tensor) -> Predicted:
    """Noise at a random level in, prediction out. @param latent [B, 24, 16, 16]. @param rows [B, 77, 192]."""
    t = torch.randint(len(pipeline.alphas), (len(latent),), device=latent.device)
    a = pipeline.alphas[t][:, None, None, None]
    noise = torch.randn_like(latent)
    noisy = a.sqrt() * latent + (1 - a).sqrt() * noise
    v = pipeline.v(noisy, t.float(), rows)
    weight = (SIGNAL**2 * a + 1 - a).flatten() / SIGNAL**2
    return Predicted(v, a.sqrt() * noise - (1 - a).sqrt() * latent, a.sqrt() * v + (1 - a).sqrt() * noisy, weight)


@torch.no_grad()
def draw(pipeline: Embedded, ids: Tensor, empty: Tensor, seed: int, part: int = 240) -> Tensor:
    """Pictures [N, 3, 128, 128] in 0..1 on the CPU as uint8-like floats; the k-th has seed `seed` + k."""
    out = []
    for start in range(0, len(ids), part):
        own = ids[start:start + part]
        noise = starting_noise([seed + start + k for k in range(len(own))], (CHANNELS, 16, 16)).to(device())
        out.append(pipeline.decode(pipeline.sample(pipeline.rows(own), noise, empty)[0]).cpu())
    return torch.cat(out)


@torch.no_grad()
def figures_of(pictures: Tensor, base: Tensor, pipeline: Embedded, occupations: list[str]) -> list[dict[str, Any]]:
    """The card's figures of neutral prompts, read by the independent reader: FD per prompt averaged over prompts (hard, equal target), with the floor of a
    fair model at that many pictures; occupation right; CLIP-I to the base's pictures of the same seeds.

    @param pictures, base [N, 3, 128, 128] in 0..1, blocks of equal length per occupation of `occupations` (one entry per picture)."""
    random = np.random.default_rng(0)
    chances, seen, same, close = {a: [] for a in ("gender", "tone", "age", "occupation")}, [], [], []  # type: ignore[var-annotated]
    for start in range(0, len(pictures), 240):
        now, then = pictures[start:start + 240].to(device()), base[start:start + 240].to(device())
        read, found, _ = read_one(now)
        seen.append(found.cpu())
        for a in chances:
            chances[a].append(read[a].argmax(1).cpu())
        with autocast():
            close.append((pipeline.clip.image(now * 2 - 1) * pipeline.clip.image(then * 2 - 1)).sum(1).float().cpu())
    found = torch.cat(seen).numpy()
    jobs = np.array(occupations)
    out: list[dict[str, Any]] = []
    values = {a: torch.cat(parts).numpy() for a, parts in chances.items()}
    for attribute, count in (("gender", 2), ("tone", 4), ("age", 3)):
        groups = [values[attribute][(jobs == job) & found & (values[attribute] < count)] for job in dict.fromkeys(occupations)]
        groups = [g for g in groups if len(g)]
        share = lambda rows: fd(np.bincount(rows, minlength=count)[:count] / len(rows))  # noqa: E731,B023
        n = int(np.mean([len(g) for g in groups]))
        out.append({"name": f"FD {attribute}, mean over prompts", "value": round(float(np.mean([share(g) for g in groups])), 4), "n": sum(len(g) for g in groups),
                    "interval": [round(x, 4) for x in spread(groups, share, random)], "target": None, "ok": True})
        if count == 2:
            out.append({"name": "floor of FD gender at so many pictures a prompt", "value": round(fd_floor(n), 4), "n": n, "interval": [round(fd_floor(n), 4)] * 2, "target": None, "ok": True})
    same = [(values["occupation"] == np.array([VALUES["occupation"].index(j) for j in jobs])) & found]
    for name, rows in (("occupation right", same[0].astype(float)), ("a head was found", found.astype(float)), ("CLIP-I to the base's pictures", torch.cat(close).numpy())):
        means = [rows[random.integers(0, len(rows), len(rows))].mean() for _ in range(1000)]
        out.append({"name": name, "value": round(float(rows.mean()), 4), "n": len(rows), "interval": [round(float(x), 4) for x in np.percentile(means, [2.5, 97.5])], "target": None, "ok": True})
    return out


def as_facts(**facts: object) -> str:
    return json.dumps(facts)
