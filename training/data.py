"""Rendered data sets: shards of raw pictures on disk, read by index without copying them all into memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from training import renderer
from training.device import device, has_room

SIZE = 128
MOST_PEOPLE = 4


class Pictures:
    """A folder written by training/render/render.ts.

    @raises SystemExit if it is missing, its shards come from different renderers, or the drawn world has changed since.
    """

    def __init__(self, folder: Path, most: int | None = None) -> None:
        shards = sorted(folder.glob("shard-*.json"))
        if not shards:
            raise SystemExit(f"{folder} holds no finished shard: render the data first (see training/README.md).")
        facts = [json.loads(path.read_text()) for path in shards]
        hashes = {fact["rendererHash"] for fact in facts}
        if len(hashes) > 1:
            raise SystemExit(f"{folder} mixes pictures of different renderers ({', '.join(sorted(hashes))}): delete it and render again.")
        self.folder, self.renderer = folder, hashes.pop()
        renderer.require_current(folder, self.renderer)
        self.records: list[dict[str, Any]] = []
        self._maps: list[np.memmap] = []
        starts = [0]
        for path in shards:
            number = path.stem.removeprefix("shard-")
            pixels = np.memmap(folder / f"images-{number}.bin", np.uint8, "r").reshape(-1, SIZE, SIZE, 3)
            with (folder / f"records-{number}.jsonl").open() as file:
                records = [json.loads(line) for line in file]
            if len(records) != len(pixels):
                raise SystemExit(f"{folder}/images-{number}.bin and its records differ in length: render this shard again.")
            self._maps.append(pixels)
            self.records += records
            starts.append(starts[-1] + len(pixels))
            if most and starts[-1] >= most:
                break
        self._starts = np.array(starts)
        self._resident: Tensor | None = None
        self.heads = self._heads()

    def __len__(self) -> int:
        return int(self._starts[-1])

    def _heads(self) -> Tensor:
        """[N, 4, 4]: x, y, w, h in pixels per person; width 0 where there is nobody."""
        boxes = np.zeros((len(self.records), MOST_PEOPLE, 4), np.float32)
        for i, record in enumerate(self.records):
            for j, person in enumerate(record["people"]):
                boxes[i, j] = person["head"]
        return torch.from_numpy(boxes)

    def keep_on_device(self) -> None:
        """From now on pictures() reads from the GPU's memory, where there is one with room for all of them."""
        if self._resident is None and has_room(sum(m.nbytes for m in self._maps)):
            self._resident = torch.cat([torch.from_numpy(np.array(m)).to(device()) for m in self._maps])

    def pictures(self, indices: np.ndarray) -> Tensor:
        """uint8 [B, 3, 128, 128]; on the GPU after keep_on_device(), else in memory."""
        if self._resident is not None:
            return self._resident[torch.from_numpy(indices).to(device())].permute(0, 3, 1, 2).contiguous()
        out = np.empty((len(indices), SIZE, SIZE, 3), np.uint8)
        shard = np.searchsorted(self._starts, indices, "right") - 1
        for row, (s, i) in enumerate(zip(shard, indices)):
            out[row] = self._maps[s][i - self._starts[s]]
        return torch.from_numpy(out).permute(0, 3, 1, 2).contiguous()

    def silent(self) -> tuple[list[int], list[int]]:
        """Pictures whose captions name nobody's attributes: those of one person, and those of groups of one occupation."""
        found = [i for i, r in enumerate(self.records) if not any(p["mentioned"] for p in r["people"])]
        one = [i for i in found if len(self.records[i]["people"]) == 1]
        return one, [i for i in found if len(self.records[i]["people"]) > 1 and " and " not in self.records[i]["caption"]]

    def captions(self) -> list[str]:
        return [record["caption"] for record in self.records]


def signed(pictures: Tensor) -> Tensor:
    """uint8 to float in -1..1."""
    return pictures.float().div_(127.5).sub_(1)


def head_weights(heads: Tensor, weight: float) -> Tensor:
    """[B, 4, 4] boxes to [B, 1, 128, 128]: `weight` inside any head, 1 elsewhere."""
    axis = torch.arange(SIZE, device=heads.device) + 0.5
    x, y, w, h = heads.unbind(-1)
    across = (axis >= x[..., None]) & (axis < (x + w)[..., None])
    down = (axis >= y[..., None]) & (axis < (y + h)[..., None])
    inside = (down[..., :, None] & across[..., None, :]).any(1, keepdim=True)
    return 1 + (weight - 1) * inside.float()


def sheet(pictures: Tensor, columns: int, path: Path) -> None:
    """Writes float pictures [N, 3, H, W] in -1..1 as one PNG, `columns` to a row."""
    from PIL import Image

    n, _, h, w = pictures.shape
    rows = -(-n // columns)
    canvas = np.full((rows * h, columns * w, 3), 255, np.uint8)
    bytes_ = ((pictures.float().clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    for i in range(n):
        r, c = divmod(i, columns)
        canvas[r * h:(r + 1) * h, c * w:(c + 1) * w] = bytes_[i]
    Image.fromarray(canvas).save(path)
