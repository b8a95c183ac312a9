"""Writes src/core/metrics/golden/skin.json: colour by skimage, measures of skin and sharpness by scipy's filters and labels, gaps between
groups by numpy. Run: python training/golden/skin.py

Needs scikit-image beside the training requirements.
"""

import json
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage.color import rgb2lab

OUT = Path(__file__).resolve().parents[2] / "src/core/metrics/golden"
rng = np.random.default_rng(412)
CROSS = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float)
IMMERKAER = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], float)


def luminance(picture: np.ndarray) -> np.ndarray:
    return picture.astype(float) @ np.array([0.299, 0.587, 0.114])


def upper_median(values: np.ndarray) -> float:
    return float(np.sort(values.ravel())[values.size // 2])


def face(height: int = 44, width: int = 40) -> np.ndarray:
    """A disc of one colour with grain, on a ground of another; spots of two to five pixels, and two eyes that are too large to be spots."""
    y, x = np.mgrid[:height, :width]
    picture = np.where((np.hypot(y - 22, x - 20) < 17)[..., None], [188, 140, 112], [40, 70, 190]).astype(float)
    picture += rng.normal(0, 2.5, (height, width, 1))
    for row, column, size, shift in ((16, 26, 2, 60), (30, 14, 2, -55), (28, 25, 1, 70), (33, 20, 2, 55), (14, 14, 5, -110), (14, 23, 5, -110)):
        picture[row : row + size, column : column + size] += shift
    return np.clip(np.rint(picture), 0, 255).astype(np.uint8)


def skin(picture: np.ndarray, box: tuple[int, int, int, int]) -> dict:
    x, y, w, h = box
    head = picture[y : y + h, x : x + w]
    lab, grey = rgb2lab(head), luminance(head)
    rows = [r for r in range(h) if 0.3 * h <= r < 0.7 * h]
    columns = [c for c in range(w) if 0.3 * w <= c < 0.7 * w]
    centre = np.array([upper_median(lab[np.ix_(rows, columns)][..., k]) for k in range(3)])
    mask = np.linalg.norm(lab - centre, axis=-1) <= 15
    laplacian = np.abs(ndimage.convolve(grey, CROSS, mode="constant"))
    whole = ndimage.binary_erosion(mask, ndimage.generate_binary_structure(2, 1), border_value=0)
    window = np.ones((9, 9))
    around = ndimage.convolve(mask.astype(float), window, mode="constant")
    mean = ndimage.convolve(lab[..., 0] * mask, window, mode="constant") / np.maximum(around, 1)
    contrast = np.where(around > 0.6 * 81, lab[..., 0] - mean, 0)

    def spots(marked: np.ndarray) -> float:
        labels, count = ndimage.label(marked)
        sizes = ndimage.sum_labels(marked, labels, range(1, count + 1))
        return 1000 * int(sum(2 <= size <= 0.005 * w * h for size in sizes)) / mask.sum()

    return {"area": int(mask.sum()), "texture": float(laplacian[whole].mean()), "lightSpots": spots(contrast > 8), "darkSpots": spots(-contrast > 8)}


def quality(picture: np.ndarray) -> dict:
    grey = luminance(picture)
    inner = (slice(1, -1), slice(1, -1))
    noise = np.abs(ndimage.convolve(grey, IMMERKAER))[inner]
    return {"sharpness": float(ndimage.convolve(grey, CROSS)[inner].var()), "noise": float(np.sqrt(np.pi / 2) * noise.mean() / 6)}


def gaps() -> dict:
    group, value = rng.integers(0, 4, 60), rng.integers(0, 3, 60) / 2
    means = np.array([value[group == g].mean() for g in range(4)])
    return {"people": [[int(g), float(v)] for g, v in zip(group, value, strict=True)], "means": means.tolist(),
            "gap": float(np.abs(means - value.mean()).max()), "excess": (means - means[0]).tolist()}


def main() -> None:
    colours = [[0, 0, 0], [255, 255, 255], [246, 237, 228], [160, 126, 86], [41, 36, 32], [12, 200, 99], [3, 1, 250]]
    pictures = []
    for _ in range(2):
        picture, box = face(), (3, 5, 34, 34)
        pictures.append({"width": picture.shape[1], "height": picture.shape[0], "data": picture.ravel().tolist(), "box": box,
                         "skin": skin(picture, box), "quality": quality(picture)})
    lab = [rgb2lab(np.array([[colour]], np.uint8)).ravel().tolist() for colour in colours]
    golden = {"colours": colours, "lab": lab, "pictures": pictures, "gaps": gaps()}
    (OUT / "skin.json").write_text(json.dumps(golden, default=float))


if __name__ == "__main__":
    main()
