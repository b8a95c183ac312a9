"""Writes what training left behind as a variant beside a base pipeline; see training/VARIANTS.md.

    python -m training.variant [public/models/people]

lists the variants of a pipeline, says which were made for other files than lie there now, and renews variants/index.json.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor

from training.measurements import to_json
from training.paths import MODEL
from training.whole import writing

FOLDER = "variants"
DELTA = "delta.safetensors"
CARD = "evenhand"
"""Under this name the file has its card with it, so that it can be passed on alone."""
EVIDENCE = ("faithful", "after", "ours")
TOKEN = re.compile(r"<[a-z0-9][a-z0-9-]*>")
ID = re.compile(r"[a-z0-9][a-z0-9-]*")
GRAPHS = {"unet": "unet", "text_encoder": "text_encoder", "embeddings": "text_encoder"}
"""Which graph a part changes: folders whose names begin so."""

Lora = Mapping[str, tuple[Tensor, Tensor]]
"""Module to A [rank, in, ...] and B [out, rank, ...]."""


def write(
    model: Path, *, id: str, name: str, summary: str, method: str, evidence: str, citation: str, training: Mapping[str, object],
    figures: Sequence[Mapping[str, object]] = (), lora: Mapping[str, Lora] | None = None, alpha: float | None = None,
    embeddings: Mapping[str, Tensor] | None = None, tokens: Sequence[Mapping[str, str]] = (), prompt: Mapping[str, object] | None = None,
    graphs: Sequence[str] | None = None, limits: Sequence[str] = (), licence: str = "MIT", half: bool = True,
) -> Path:
    """Writes variants/<id>/ under `model` and renews the index.

    @param lora of "unet" and "text_encoder". @param alpha of every module; None for the rank, which scales B A by 1.
    @param embeddings token to rows [vectors, width]. @param graphs that it may be added to; None for the ones its parts are named after.
    @returns the folder. @raises ValueError, naming what the studio would refuse.
    """
    lora, embeddings = lora or {}, embeddings or {}
    parts = [part for part in ("unet", "text_encoder") if lora.get(part)] + (["embeddings"] if embeddings else [])
    if not ID.fullmatch(id):
        raise ValueError(f"The id {id!r} must be lower-case letters, digits and hyphens.")
    if evidence not in EVIDENCE:
        raise ValueError(f"The evidence {evidence!r} must be one of {', '.join(EVIDENCE)}.")
    if not parts or set(lora) - {"unet", "text_encoder"}:
        raise ValueError("A variant holds a LoRA of 'unet' or 'text_encoder', or embeddings.")
    if [entry["token"] for entry in tokens] != list(embeddings):
        raise ValueError("`tokens` must name the tokens of `embeddings`, in their order, each with its initializer.")
    graphs = list(graphs) if graphs is not None else sorted({f"{GRAPHS[part]}/model.onnx" for part in parts})
    for part in parts:
        if not any(path.startswith(GRAPHS[part]) for path in graphs):
            raise ValueError(f"It changes the {part}, and `graphs` names no graph of it.")

    tensors: dict[str, Tensor] = {}
    ranks = [len(check_pair(part, module, a, b)) for part, modules in lora.items() for module, (a, b) in modules.items()]
    for part, modules in lora.items():
        for module, (a, b) in modules.items():
            key = f"{part}.{module}"
            tensors |= {f"{key}.lora_A.weight": a, f"{key}.lora_B.weight": b, f"{key}.alpha": torch.tensor(float(alpha if alpha is not None else len(a)))}
    for token, rows in embeddings.items():
        if not TOKEN.fullmatch(token) or rows.ndim != 2:
            raise ValueError(f"The token {token!r} must look like <fair-person> and have rows [vectors, width], not {list(rows.shape)}.")
        tensors[token] = rows
    stored = {key: (x.detach().cpu().half() if half else x.detach().cpu().float()).contiguous() for key, x in tensors.items()}
    broken = [key for key, x in stored.items() if not torch.isfinite(x).all()]
    if broken:
        raise ValueError(f"{broken[0]} holds numbers that are none, or too large for {'float16' if half else 'float32'}.")

    hashes = hashes_of(model)
    folder = model / FOLDER / id
    folder.mkdir(parents=True, exist_ok=True)
    card = {
        "schema": 1, "id": id, "name": name, "summary": summary, "method": method, "evidence": evidence, "citation": citation,
        "base": {path: hashes[path] for path in graphs}, "parts": parts, "rank": max(ranks, default=None),
        "tokens": list(tokens), "prompt": prompt, "training": dict(training), "figures": list(figures), "limits": list(limits), "licence": licence,
    }
    with writing(folder / DELTA) as path:
        save_file(stored, path, {CARD: to_json(card)})  # One entry: safetensors writes several in any order, and the same delta shall be the same bytes.
    data = (folder / DELTA).read_bytes()
    manifest = card | {"delta": {"path": DELTA, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}}
    with writing(folder / "manifest.json") as path:
        path.write_text(to_json(manifest))
    write_index(model)
    return folder


def check_pair(part: str, module: str, a: Tensor, b: Tensor) -> Tensor:
    """@returns A. @raises ValueError for shapes that are no LoRA's."""
    if a.ndim not in (2, 4) or a.ndim != b.ndim or a.shape[0] != b.shape[1] or any(size != 1 for size in b.shape[2:]):
        raise ValueError(f"{part}.{module}: A {list(a.shape)} and B {list(b.shape)} are no [rank, in, ...] and [out, rank, ...].")
    return a


def hashes_of(model: Path) -> dict[str, str]:
    """Path to SHA-256 of the base's files, as its manifest.json says."""
    return {entry["path"]: entry["sha256"] for entry in json.loads((model / "manifest.json").read_text())["files"]}


def manifests(model: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_text()) for path in sorted((model / FOLDER).glob("*/manifest.json"))]


def write_index(model: Path) -> None:
    """variants/index.json: a server lists no folders. Each variant with the length and SHA-256 of its manifest."""
    entries = []
    for manifest in manifests(model):
        data = (model / FOLDER / manifest["id"] / "manifest.json").read_bytes()
        entries.append({"id": manifest["id"], "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    (model / FOLDER).mkdir(exist_ok=True)
    with writing(model / FOLDER / "index.json") as path:
        path.write_text(to_json({"variants": entries}))


def stale(model: Path) -> dict[str, list[str]]:
    """Variants that were made for other files than lie there now, with those files."""
    hashes = hashes_of(model)
    changed = {m["id"]: [path for path, sha in m["base"].items() if hashes.get(path) != sha] for m in manifests(model)}
    return {id: paths for id, paths in changed.items() if paths}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("model", nargs="?", type=Path, default=MODEL)
    model = arguments.parse_args().model
    old = stale(model)
    for manifest in manifests(model):
        fits = f"made for another {', '.join(old[manifest['id']])}" if manifest["id"] in old else "fits"
        print(f"{manifest['id']}: {manifest['delta']['bytes'] / 1e3:.0f} kB, {fits}")
    write_index(model)


if __name__ == "__main__":
    main()
