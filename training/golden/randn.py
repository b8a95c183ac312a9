"""Writes src/core/rng/golden/*.json: what torch draws for a seed. Run: python training/golden/randn.py"""

import json
from pathlib import Path

import torch

OUT = Path(__file__).resolve().parents[2] / "src/core/rng/golden"
SEEDS = [0, 1, 42, 123456789, 2**31, 2**32 - 1, 2**32 + 42, 2**63 + 12345]
SIZES = [1, 5, 15, 16, 17, 100, 1024, 8 * 16 * 16, 4 * 64 * 64]
WHOLE = 17  # up to this size every value is stored; above it the first and last 16 and two sums


def draw(seed: int, size: int) -> dict:
    values = torch.randn(size, generator=torch.Generator().manual_seed(seed)).double()
    case = {"seed": str(seed), "size": size}
    if size <= WHOLE:
        return case | {"values": values.tolist()}
    return case | {
        "first": values[:16].tolist(),
        "last": values[-16:].tolist(),
        "sum": values.sum().item(),
        "sumOfSquares": values.square().sum().item(),
        "weighted": (values * torch.arange(size, dtype=torch.float64)).sum().item() / size,
    }


def sequence(seed: int, sizes: list[int]) -> dict:
    """Several draws from one generator: the state, and the cached second normal, carry over."""
    generator = torch.Generator().manual_seed(seed)
    draws = [torch.randn(size, generator=generator).double().tolist() for size in sizes]
    return {"seed": str(seed), "draws": draws}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    golden = {
        "torch": torch.__version__,
        "cases": [draw(seed, size) for seed in SEEDS for size in SIZES],
        "sequences": [sequence(7, [3, 16, 1, 20, 2])],
        # Every value of one SD-sized latent, to measure the largest difference.
        "latent": torch.randn(4096, generator=torch.Generator().manual_seed(2024)).double().tolist(),
    }
    (OUT / "randn.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
