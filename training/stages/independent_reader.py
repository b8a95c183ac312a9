"""The measuring reader: `python -m training.stages.independent_reader`, then the same with `--export`.

Trained on renderings whose seeds no other data set uses (600,000 on, balanced; 1,000,000 on, biased), never on decoded latents: what it
says of generated pictures must not depend on the model that drew them. `--export` writes bench/model/independent-reader.onnx and
.json with its confusion on held-out renderings.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor
from torch.nn import functional as F

from training import checkpoint
from training.data import MOST_PEOPLE, SIZE, Pictures
from training.device import autocast, device
from training.ema import Ema
from training.models.independent_reader import BOX_UNIT, STRIDE, VALUES, IndependentReader
from training.muon import Pair
from training.onnx_tools import largest_difference, run, to_onnx
from training.paths import DATA, HELD_OUT, ROOT, RUNS
from training.progress import Run

FOLDER = RUNS / "independent_reader"
BALANCED, BIASED = DATA / "fresh", DATA / "fresh-biased"
OUT = ROOT / "bench" / "model"
CELLS = SIZE // STRIDE
BIASED_SHARE = 0.25
REPORT_EVERY = 6400
"""Samples between two reports; counted in samples, so that a machine with little time to spare spends it on training."""
TITLES = {"gender": "Gender presentation", "tone": "Skin tone (Monk)", "age": "Age", "glasses": "Glasses", "cover": "Head cover",
          "expression": "Expression", "occupation": "Occupation"}


def labels_of(records: list[dict[str, Any]]) -> Tensor:
    """Index of each attribute's value per person [N, 4, 7]; -1 where there is nobody."""
    labels = torch.full((len(records), MOST_PEOPLE, len(VALUES)), -1)
    for i, record in enumerate(records):
        for j, person in enumerate(record["people"]):
            for k, (attribute, values) in enumerate(VALUES.items()):
                labels[i, j, k] = values.index(person[attribute] or "androgynous")
    return labels


def moved(picture: Tensor, heads: Tensor) -> tuple[Tensor, Tensor]:
    """Every picture mirrored or not, scaled by 0.9 to 1.1 and shifted by up to 8 px, resampled between pixels; heads with it."""
    b = len(picture)
    mirror = torch.where(torch.rand(b) < 0.5, -1.0, 1.0)
    scale, shift = 0.9 + 0.2 * torch.rand(b), (torch.rand(b, 2) - 0.5) * 16
    # affine_grid asks where each output pixel comes from, in units of half a picture.
    theta = torch.zeros(b, 2, 3)
    theta[:, 0, 0], theta[:, 1, 1] = mirror / scale, 1 / scale
    theta[:, :, 2] = -shift / (SIZE / 2) * torch.stack([mirror, torch.ones(b)], 1) / scale[:, None]
    grid = F.affine_grid(theta, [b, 3, SIZE, SIZE], align_corners=False)
    picture = F.grid_sample(picture, grid, padding_mode="border", align_corners=False)
    x, y, w, h = heads.unbind(-1)
    across = (x + w / 2 - SIZE / 2) * (mirror * scale)[:, None] + SIZE / 2 + shift[:, :1]
    down = (y + h / 2 - SIZE / 2) * scale[:, None] + SIZE / 2 + shift[:, 1:]
    w, h = w * scale[:, None], h * scale[:, None]
    return picture, torch.stack([across - w / 2, down - h / 2, w, h], -1)


def spoiled(picture: Tensor) -> Tensor:
    """Blur by resampling to a smaller size and back, blotches, noise, and a little brightness and colour (tones 3 and 4 of the Monk
    scale are 16 levels of 256 apart, so colours may move by a quarter of that only)."""
    b = len(picture)
    small = F.interpolate(picture, size=int(torch.randint(48, 113, ())), mode="bilinear", antialias=True)
    blurred = F.interpolate(small, size=SIZE, mode="bilinear")
    picture = picture.lerp(blurred, (torch.rand(b, 1, 1, 1) * 1.4 - 0.4).clamp(min=0))
    blotches = F.interpolate(torch.randn(b, 3, 32, 32), size=SIZE, mode="bilinear")
    picture = picture + blotches * torch.rand(b, 1, 1, 1) * 0.03 + torch.randn_like(picture) * torch.rand(b, 1, 1, 1) * 0.03
    return (picture * (1 + 0.04 * (torch.rand(b, 1, 1, 1) - 0.5)) + 0.03 * (torch.rand(b, 3, 1, 1) - 0.5)).clamp(0, 1)


def nearness(heads: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """From head boxes [B, 4, 4]: how near each cell is to the nearest head's centre [B, 16, 16] (1 at it, a Gaussian of a fifth of
    the head around it), whose head that is [B, 16, 16], and the distance to it in cells, across and down."""
    x, y, w, h = heads.unbind(-1)
    middle = torch.arange(CELLS) + 0.5
    dx = ((x + w / 2) / STRIDE)[..., None, None] - middle
    dy = ((y + h / 2) / STRIDE)[..., None, None] - middle[:, None]
    spread = (0.2 * w / STRIDE).clamp(min=0.7)[..., None, None]
    near = torch.exp(-(dx.square() + dy.square()) / (2 * spread.square())) * (w > 0)[..., None, None]
    best, owner = near.max(1)
    of_owner = lambda each: each.expand_as(near).gather(1, owner[:, None]).squeeze(1)  # noqa: E731
    return best, owner, of_owner(dx), of_owner(dy)


def losses_of(reader: IndependentReader, picture: Tensor, heads: Tensor, labels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Cross-entropy of the nearness, Huber loss of boxes, cross-entropy of attributes; each per person. @returns heat, box, attributes."""
    near, owner, dx, dy = nearness(heads)
    with autocast():
        heat, box, logits = (o.float() for o in reader(picture.to(device()))[:3])
    near, owner = near.to(device()), owner.to(device())
    people = (heads[..., 2] > 0).sum()
    heat_loss = F.binary_cross_entropy_with_logits(heat[:, 0], near, reduction="sum") / people
    weight = near * (near > 0.3)
    batch = torch.arange(len(heads))[:, None, None]
    size = (heads.clamp(min=1) / BOX_UNIT).log().to(device())[batch, owner]
    wanted = torch.stack([dx.to(device()), dy.to(device()), size[..., 2], size[..., 3]], 1)
    box_loss = (F.huber_loss(box, wanted, reduction="none", delta=0.2).sum(1) * weight).sum() / weight.sum()
    truth = labels.to(device())[batch, owner]  # [B, 16, 16, 7]
    parts = logits.split([len(values) for values in VALUES.values()], 1)
    each = [F.cross_entropy(part, truth[..., k].clamp(min=0), reduction="none") for k, part in enumerate(parts)]
    return heat_loss, box_loss, (torch.stack(each).sum(0) * weight).sum() / weight.sum()


@torch.no_grad()
def quick_accuracy(reader: IndependentReader, data: Pictures, labels: Tensor, count: int = 500) -> dict[str, float]:
    """Accuracy per attribute in the cell of every true head, and the share of heads whose cell is hot."""
    hits = torch.zeros(1 + len(VALUES))
    people = 0
    for start in range(0, count, 100):
        rows = np.arange(start, start + 100)
        heads = data.heads[rows]
        with autocast():
            heat, _, logits = (o.float().cpu() for o in reader((data.pictures(rows).float() / 255).to(device()))[:3])
        i, j = torch.nonzero(heads[..., 2] > 0, as_tuple=True)
        at = ((heads[i, j, :2] + heads[i, j, 2:] / 2) / STRIDE).long().clamp(0, CELLS - 1)
        found = logits[i, :, at[:, 1], at[:, 0]].split([len(values) for values in VALUES.values()], 1)
        hits[0] += (heat[i, 0, at[:, 1], at[:, 0]] > 0).sum()
        hits[1:] += torch.stack([(f.argmax(1) == labels[rows][i, j, k]).sum() for k, f in enumerate(found)])
        people += len(i)
    return dict(zip(("heads", *VALUES), (hits / people).tolist()))


def train(options: argparse.Namespace) -> None:
    torch.manual_seed(1)
    balanced, biased, held_out = Pictures(BALANCED), Pictures(BIASED), Pictures(HELD_OUT, 2000)
    labels = {data: labels_of(data.records) for data in (balanced, biased, held_out)}
    reader = IndependentReader().to(device())
    ema, optimizer = Ema(reader, 0.997), Pair(reader, options.rate)
    state = checkpoint.load(FOLDER / "last.pt")
    run = Run(FOLDER, options.samples, options.minutes)
    if state is not None:
        reader.load_state_dict(state["model"])
        ema.module.load_state_dict(state["weights"])
        ema.updates = state["updates"]
        optimizer.load_state_dict(state["optimizer"])
        run = Run(FOLDER, options.samples, options.minutes, state["facts"]["seen"], state["minutes"])
    random = np.random.default_rng([7, run.seen])
    torch.manual_seed(run.seen + 1)
    sums, steps = torch.zeros(3), 0

    def report() -> None:
        nonlocal sums, steps
        figures = quick_accuracy(ema.module, held_out, labels[held_out])
        run.log(**dict(zip(("heat", "box", "attributes"), (sums / max(1, steps)).tolist())), **{"read_" + k: v for k, v in figures.items()})
        sums, steps = torch.zeros(3), 0
        checkpoint.save(FOLDER / "last.pt", {
            "model": reader.state_dict(), "weights": ema.module.state_dict(), "updates": ema.updates, "optimizer": optimizer.state_dict(),
            "minutes": run.used_minutes, "facts": {"seen": run.seen, "renderer": balanced.renderer, "balanced": len(balanced), "biased": len(biased)}})

    reader.train()
    while run.going:
        data = biased if random.random() < BIASED_SHARE else balanced
        rows = random.integers(0, len(data), options.batch)
        picture, heads = moved(data.pictures(rows).float() / 255, data.heads[rows])
        parts = losses_of(reader, spoiled(picture), heads, labels[data][rows])
        optimizer.zero_grad()
        (parts[0] + parts[1] + parts[2]).backward()
        torch.nn.utils.clip_grad_norm_(reader.parameters(), 5.0)
        optimizer.set_rate(run.rate(options.rate, 3200, 0.4))
        optimizer.step()
        ema.update(reader)
        run.seen += options.batch
        sums, steps = sums + torch.stack(parts).detach().cpu(), steps + 1
        if run.seen % REPORT_EVERY < options.batch:
            report()
    report()


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """A copy with its weights stored as fp16 behind Cast, which ONNX Runtime folds when it opens the file."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    casts = []
    for weight in list(result.graph.initializer):
        value = numpy_helper.to_array(weight)
        if value.dtype == np.float32 and value.size > 1024:
            result.graph.initializer.remove(weight)
            result.graph.initializer.append(numpy_helper.from_array(value.astype(np.float16), weight.name + "_half"))
            casts.append(helper.make_node("Cast", [weight.name + "_half"], [weight.name], to=TensorProto.FLOAT))
    nodes = list(result.graph.node)
    del result.graph.node[:]
    result.graph.node.extend(casts + nodes)
    onnx.checker.check_model(result)
    return result


def contract() -> dict[str, Any]:
    """What workers/perception must know to read the outputs."""
    offsets = np.cumsum([0, *(len(values) for values in VALUES.values())]).tolist()
    return {
        "title": "Independent reader, for measurements only", "stride": STRIDE, "input": {"size": SIZE, "mean": [0, 0, 0], "std": [1, 1, 1]},
        "boxUnit": BOX_UNIT, "heatThreshold": 0.4, "nmsIou": 0.4,
        "attributes": [{"id": a, "title": TITLES[a], "values": [{"id": v, "title": v} for v in values], "offset": offset, "temperature": 1, "unclearBelow": 0}
                       for (a, values), offset in zip(VALUES.items(), offsets)]}


def measured(model: onnx.ModelProto, config: dict[str, Any], data: Pictures, pictures: int) -> dict[str, Any]:
    """On clean held-out renderings: number of people right, heads found, and a confusion matrix (rows: true) per attribute."""
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    labels = labels_of(data.records).numpy()
    confusion = {a: np.zeros((len(values), len(values)), int) for a, values in VALUES.items()}
    heads = missed = extra = right = 0
    for i in range(pictures):
        heat, box, logits = (o[0] for o in session.run(["heat", "box", "attributes"], {"image": data.pictures(np.array([i])).numpy().astype(np.float32) / 255}))
        found = people_in(heat[0], box, logits, config)
        truth = data.records[i]["people"]
        right += len(found) == len(truth)
        heads += len(truth)
        for j, person in enumerate(truth):
            x, y, w, h = person["head"]
            own = [f for f in found if abs(f[0] - x - w / 2) < w / 2 and abs(f[1] - y - h / 2) < h / 2]
            if not own:
                missed += 1
                continue
            found.remove(own[0])
            for k, a in enumerate(VALUES):
                part = own[0][4][config["attributes"][k]["offset"]:][:len(VALUES[a])]
                confusion[a][labels[i, j, k], int(np.argmax(part))] += 1
        extra += len(found)
    return {"on": "clean balanced renderings of training/data/held-out", "pictures": pictures, "countRight": right / pictures,
            "heads": heads, "missed": missed, "extra": extra,
            "attributes": {a: {"accuracy": float(np.trace(c) / c.sum()), "confusion": c.tolist()} for a, c in confusion.items()}}


def people_in(heat: np.ndarray, box: np.ndarray, logits: np.ndarray, config: dict[str, Any]) -> list[tuple[float, float, float, float, np.ndarray]]:
    """Peaks of one picture's heat [16, 16] as (centre x, centre y, width, height, logits [30]), hottest first, thinned by overlap."""
    padded = np.pad(heat, 1, constant_values=-np.inf)
    around = np.max([padded[r:r + CELLS, c:c + CELLS] for r in range(3) for c in range(3)], 0)
    rows, columns = np.nonzero((heat == around) & (1 / (1 + np.exp(-heat)) > config["heatThreshold"]))
    kept: list[tuple[float, float, float, float, np.ndarray]] = []
    for r, c in sorted(zip(rows, columns), key=lambda at: -heat[at]):
        x, y = (c + 0.5 + box[0, r, c]) * STRIDE, (r + 0.5 + box[1, r, c]) * STRIDE
        w, h = np.exp(box[2:, r, c]) * BOX_UNIT
        shared = [max(0.0, min(x + w / 2, k[0] + k[2] / 2) - max(x - w / 2, k[0] - k[2] / 2))
                  * max(0.0, min(y + h / 2, k[1] + k[3] / 2) - max(y - h / 2, k[1] - k[3] / 2)) for k in kept]
        if all(s / (w * h + k[2] * k[3] - s) <= config["nmsIou"] for s, k in zip(shared, kept)):
            kept.append((x, y, w, h, logits[:, r, c]))
    return kept


def export(out: Path, pictures: int) -> None:
    state = checkpoint.load(FOLDER / "last.pt")
    if state is None:
        raise SystemExit("There is no measuring reader yet: run python -m training.stages.independent_reader first.")
    reader = IndependentReader()
    reader.load_state_dict(state["weights"])
    reader.eval()
    picture = torch.rand(3, 3, SIZE, SIZE)
    model = to_onnx(reader, (picture[:2],), ["image"], ["heat", "box", "attributes", "features"])
    with torch.no_grad():
        difference = largest_difference(run(model, (picture,)), [o.numpy() for o in reader(picture)])
    if difference > 1e-4:
        raise RuntimeError(f"The exported measuring reader differs from torch by {difference:.2e} (at most 1e-4 is allowed).")
    shipped, config = halved(model), contract()
    config |= {"trainedOn": state["facts"], "measured": measured(shipped, config, Pictures(HELD_OUT, pictures), pictures), "licence": "MIT"}
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(shipped, out / "independent-reader.onnx")
    (out / "independent-reader.json").write_text(json.dumps(config, indent=1) + "\n")
    print(f"{(out / 'independent-reader.onnx').stat().st_size / 1e6:.2f} MB, {difference:.1e} from torch")
    figures = config["measured"]
    print({k: v for k, v in figures.items() if k != "attributes"})
    for a, figure in figures["attributes"].items():
        print(a, round(figure["accuracy"], 4), *(f"\n  {name:12}" + " ".join(f"{n:6}" for n in row) for name, row in zip(VALUES[a], figure["confusion"])))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=60_000)
    parser.add_argument("--minutes", type=float, default=1e9)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--rate", type=float, default=4e-3)
    parser.add_argument("--export", action="store_true", help="only write bench/model/independent-reader.*, measured on held-out renderings")
    parser.add_argument("--pictures", type=int, default=2000, help="how many held-out renderings it is measured on")
    options = parser.parse_args()
    if options.export:
        export(OUT, options.pictures)
    else:
        train(options)


if __name__ == "__main__":
    main()
