"""Pictures told by a few hundred numbers, so that a hundred small denoisers learn them on a CPU: what the DDM sweeps diffuse."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class Components:
    """Pictures or latents [N, C, S, S] to and from coordinates [N, K, 1, 1] along their principal components, of unit variance all together."""

    mean: Tensor
    basis: Tensor
    """[K, C S S], orthogonal rows of one length."""
    shape: tuple[int, ...]

    @staticmethod
    def of(pictures: Tensor, count: int) -> Components:
        """@param pictures [N, C, S, S], with N at least `count` + 32."""
        rows = pictures.flatten(1).float()
        mean = rows.mean(0)
        torch.manual_seed(0)
        _, values, vectors = torch.svd_lowrank(rows - mean, q=count + 32, niter=4)
        deviation = (values[:count].square().mean() / len(rows)).sqrt()
        return Components(mean, deviation * vectors.T[:count], tuple(pictures.shape[1:]))

    def told(self, pictures: Tensor) -> Tensor:
        return ((pictures.flatten(1).float() - self.mean) @ self.basis.T / self.basis[0].square().sum())[..., None, None]

    def shown(self, told: Tensor) -> Tensor:
        return (self.mean + told.flatten(1).float() @ self.basis).view(-1, *self.shape)
