"""The two "a person" worlds of DDM: nine men for one woman, and nine light or tan people for one brown or dark one; all else uniform (ratio of the issue).

A picture is told by the first 256 principal components of the autoencoder's latents, so that a hundred denoisers learn it on a CPU.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from training.device import autocast, device
from training.models.residual import Residual
from training.stages.latents import load_frozen
from training.variants.alone import MINORITY, load_alone
from training.variants.components import Components
from training.variants.ddm import Data, Read
from training.variants.fairness import frechet
from training.variants.kmeans import agreement, two_means
from training.variants.people_reader import UNCLEAR_BELOW, read_one, two_classes

WIDTH, BLOCKS = 256, 2
"""Of the denoiser."""
COMPONENTS = 256
"""Of held-out latents' variance they keep 0.78; the reader then tells gender of 0.98 and tone of all of those pictures as before."""


def load_people() -> tuple[Data, Read, Callable[[Tensor], Tensor]]:
    """Pseudo-labels are 2-means of world-CLIP's picture vectors. Real pictures are compared after the way through the components and back."""
    alone = load_alone()
    vae, _ = load_frozen()
    latents = torch.from_numpy(alone.latents)
    train = alone.trained
    components = Components.of(latents[:train].to(device()), COMPONENTS)
    pictures = components.told(latents.to(device())).half()
    classes = {a: torch.from_numpy(alone.classes(a)).to(device()) for a in MINORITY}
    rows = {a: tuple(torch.nonzero(c[:train] == k).flatten() for k in (0, 1)) for a, c in classes.items()}
    worlds = {a: (r[0], r[1]) for a, r in rows.items()}
    facts = {"components": COMPONENTS, "pictures": len(pictures), "renderer": alone.renderer}
    data = Data(lambda models, dtype: Residual(models, COMPONENTS, WIDTH, BLOCKS, dtype), pictures, worlds, {}, facts, float(pictures.abs().max()))

    @torch.no_grad()
    def show(drawn: Tensor) -> Tensor:
        with autocast():
            return vae.decoder(components.shown(drawn)).float().clamp(-1, 1)

    @torch.no_grad()
    def read(world: str, drawn: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        found, seen, features = read_one(show(drawn) * 0.5 + 0.5)
        chance = two_classes(world, found)
        return chance, seen & (chance.amax(-1) >= UNCLEAR_BELOW), features

    def features_of(world: str, which: Tensor) -> np.ndarray:
        return torch.cat([read(world, pictures[part])[2] for part in which.split(250)]).cpu().double().numpy()

    vectors = torch.from_numpy(alone.vectors).float().to(device())
    real: dict[str, np.ndarray] = {}
    floor: dict[str, float] = {}
    for world in MINORITY:
        chosen, own = data.imbalanced(world, 0)
        data.pseudo[world] = two_means(vectors[chosen], vectors, own)
        held = [torch.nonzero(classes[world][train:] == k).flatten() + train for k in (0, 1)]
        each = min(len(h) for h in held)
        real[world] = features_of(world, torch.cat([h[:each] for h in held]))
        floor[world] = frechet(features_of(world, torch.cat([r[:each] for r in rows[world]])), real[world])
        data.facts |= {f"pseudo-{world}": agreement(data.pseudo[world][chosen], own)}
    data.facts |= {"real": real, "frechet-floor": floor, "frechet-n": min(len(r) for r in real.values())}
    return data, read, show
