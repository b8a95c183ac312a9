"""How near to one another skin colours are drawn: `python -m training.skin_colours` (needs pictures of the biased world; --committed for the committed
weights, else the run's). Writes docs/skin-colours.png.

The same captions, which name nobody's attributes, are rendered, sent through the autoencoder and drawn by several solvers. A face's brightness is taken off the picture,
since the tone that a reader tells hides how near it is to the next one: in the world no face lies between Monk 3, where light skin ends, and Monk 4, where tan
begins, 16 levels of 255 darker. The variance of the latents says whether drawing leaves the distribution that the denoiser was taught on (exposure bias: Ning et al.
2024, "Elucidating the Exposure Bias in Diffusion Models"), here by pulling people together. The use of both is ours."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

import matplotlib

matplotlib.use("Agg")
import numpy as np  # noqa: E402
import torch  # noqa: E402
from matplotlib import pyplot as plt  # noqa: E402
from torch import Tensor  # noqa: E402

from training import measurements  # noqa: E402
from training.choose_guidance import Drawer, Reader  # noqa: E402
from training.data import Pictures  # noqa: E402
from training.device import device  # noqa: E402
from training.models.independent_reader import VALUES  # noqa: E402
from training.models.schedule import make_scheduler  # noqa: E402
from training.models.vae import CHANNELS  # noqa: E402
from training.paths import BIASED, ROOT  # noqa: E402
from training.reading import Array  # noqa: E402
from training.sampling import ddim, starting_noise  # noqa: E402
from training.stages.fast import trajectory  # noqa: E402
from training.stages.latents import encode_captions  # noqa: E402

PART = 64
LUMA = torch.tensor([0.299, 0.587, 0.114])
"""Brightness of red, green and blue (ITU-R BT.601)."""
GAP = (222.0, 230.0)
"""Brightness between Monk 4 (219) and Monk 2 and 3 (233 and 235), three levels from both; the autoencoder moves a face by one or two."""
HEAD = slice(6, 10)
"""Rows and columns of the latent cells that the head of a person alone in a picture always covers."""

Draw = Callable[[Drawer, Tensor, Tensor], Tensor]
"""(drawer, noise [B, 24, 16, 16], text rows [B, 77, D]) to scaled latents."""


def by_ddim(steps: int, guidance: float) -> Draw:
    return lambda drawer, noise, rows: ddim(drawer.denoise, noise, rows, drawer.empty, steps, guidance)


def by_larger_guesses(steps: int, factor: float) -> Draw:
    """DDIM without guidance whose clean guesses are multiplied by `factor`. After Ning et al.'s Epsilon Scaling, which divides the predicted noise; at the first
    step, which has no signal, that would leave no guess, so this is ours."""
    alphas = make_scheduler().alphas_cumprod

    def draw(drawer: Drawer, noise: Tensor, rows: Tensor) -> Tensor:
        def denoise(x: Tensor, t: Tensor, rows: Tensor) -> Tensor:
            a = float(alphas[int(t[0])])
            clean = a**0.5 * x - (1 - a)**0.5 * drawer.denoise(x, t, rows)
            return (a**0.5 * x - factor * clean) / (1 - a)**0.5

        return ddim(denoise, noise, rows, drawer.empty, steps, 1)

    return draw


def by_2m(steps: int, guidance: float) -> Draw:
    return lambda drawer, noise, rows: trajectory(drawer.denoise, noise, rows, drawer.empty, steps, steps, guidance)[-1]


DRAWN: dict[str, Draw] = {
    "DDIM, 16 steps": by_ddim(16, 1), "DDIM, 64 steps": by_ddim(64, 1), "DPM-Solver++ 2M, 16 steps": by_2m(16, 1),
    "DDIM, 16 steps, guesses 5 % larger": by_larger_guesses(16, 1.05),
    "DDIM, 16 steps, guidance 2": by_ddim(16, 2), "DPM-Solver++ 2M, 16 steps, guidance 2": by_2m(16, 2),
}


def brightness(picture: Tensor, box: Array) -> float:
    """Of the skin between eyes and mouth, 0..255: median luma of a patch that only glasses cross. @param picture [3, 128, 128] in 0..1. @param box x, y, w, h in px."""
    x, y, w, h = (float(v) for v in box)
    patch = picture[:, int(y + 0.5 * h):int(y + 0.6 * h) + 1, int(x + 0.4 * w):int(x + 0.6 * w) + 1]
    return 255 * float((patch * LUMA[:, None, None]).sum(0).median())


def spread(latent: Tensor, world: Tensor) -> dict[str, float]:
    """Variance over pictures as a share of the world's: of all latent numbers, and of the mean of each channel over the head."""
    def heads(x: Tensor) -> Tensor:
        return x[:, :, HEAD, HEAD].mean((2, 3))

    return {name: float(x.var(0).sum() / y.var(0).sum()) for name, x, y in (("all", latent, world), ("heads", heads(latent), heads(world)))}


def skin(reader: Reader, pictures: Tensor) -> tuple[dict[str, Any], list[float]]:
    """Shares of the tone groups as read, and the brightness of everybody without glasses. @param pictures of one person each."""
    found = [(picture, people[0]) for picture, people in zip(pictures, reader.find(pictures)) if people]
    bright = [brightness(picture, box) for picture, (box, values) in found if values["glasses"] == "no"]
    tones = [values["tone"] for _, (_, values) in found]
    return {"n": len(found), "tones": {t: tones.count(t) / len(tones) for t in VALUES["tone"]}, "faces": len(bright),
            "between": float(np.mean([GAP[0] < b < GAP[1] for b in bright]))}, bright


def plot(faces: dict[str, list[float]], swatches: list[float]) -> None:
    """One histogram below the other; dotted lines are the world's ten tones."""
    figure, axes = plt.subplots(len(faces), 1, figsize=(9, 1.25 * len(faces)), sharex=True, sharey=True, layout="constrained")
    for axis, (name, bright) in zip(axes, faces.items()):
        axis.hist(bright, np.arange(20, 260, 4), weights=np.full(len(bright), 100 / len(bright)), color="#3b6ea8")
        axis.axvspan(*GAP, color="#e0a030", alpha=0.35, linewidth=0)
        for swatch in swatches:
            axis.axvline(swatch, color="#444444", linewidth=0.7, linestyle=":")
        axis.set_title(f"{name} (n = {len(bright)})", fontsize=9, loc="left", pad=2)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1].set_xlabel("brightness of the face, 0 to 255 (dotted: Monk 10 to 1; band: between light and tan)")
    figure.supylabel("% of the faces without glasses", fontsize=9)
    figure.savefig(ROOT / "docs" / "skin-colours.png", dpi=110)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=256, help="pictures, of one person each")
    parser.add_argument("--committed", action="store_true", help="the committed weights, even if there is a run")
    options = parser.parse_args()
    drawer, reader, pictures = Drawer("denoiser", options.committed), Reader(), Pictures(BIASED)
    which = np.array(pictures.silent()[0][:options.count])
    records, rendered = [pictures.records[i] for i in which], pictures.pictures(which)
    world = drawer.encode(rendered)
    rows = encode_captions(drawer.clip, [record["caption"] for record in records]).split(PART)
    noise = starting_noise([60_000 + k for k in range(len(which))], (CHANNELS, 16, 16)).to(device()).split(PART)
    kept: dict[str, Any] = {}
    faces: dict[str, list[float]] = {}

    def keep(name: str, drawn: Tensor, latent: Tensor) -> None:
        kept[name], faces[name] = skin(reader, drawn)
        kept[name]["spread"] = spread(latent, world)
        row = kept[name]
        print(f"{name}:", ", ".join(f"{t} {s:.2f}" for t, s in row["tones"].items()), f"(n = {row['n']}), between light and tan {row['between']:.3f} of {row['faces']},",
              ", ".join(f"spread of {k} {s:.2f}" for k, s in row["spread"].items()), flush=True)

    keep("renderings", rendered.float() / 255, world)
    keep("through the autoencoder", drawer.decode(world), world)
    for name, draw in DRAWN.items():
        latent = torch.cat([draw(drawer, z, r) for z, r in zip(noise, rows)])
        keep(name, drawer.decode(latent), latent)
    of_tone: dict[int, list[float]] = {}
    for picture, record in zip(rendered, records):
        person = record["people"][0]
        if person["glasses"] == "no":
            of_tone.setdefault(person["monk"], []).append(brightness(picture.float() / 255, np.array(person["head"], np.float32)))
    plot(faces, [float(np.median(b)) for b in of_tone.values()])
    measurements.keep("skin-colours", {"seen": drawer.facts["seen"], "pictures": len(which), "sets": kept})


if __name__ == "__main__":
    main()
