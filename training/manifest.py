"""manifest.json: every file of the model folder with its size and SHA-256, and the defaults that the studio starts with."""

from __future__ import annotations

import hashlib
from pathlib import Path

from training import measurements, variant

DEFAULTS = {"steps": 20, "guidanceScale": 3.0, "scheduler": "ddim"}
FAST_UNET = "unet_fast/model.onnx"
"""The denoiser of the few-step variant: the same inputs and outputs as unet/model.onnx, its guidance trained in."""
FAST_DEFAULTS = {"steps": 4, "guidanceScale": 1, "scheduler": "ddim"}


def shipped_defaults() -> dict[str, object]:
    """Steps, guidance and scheduler that were chosen by looking (measurements/defaults.json), else DEFAULTS."""
    return measurements.kept("defaults") or DEFAULTS


def variants(out: Path) -> list[dict[str, object]]:
    """The further denoisers that lie in the model folder, as workers/pipeline/manifest.ts reads them."""
    if not (out / FAST_UNET).exists():
        return []
    return [{"id": "fast", "title": "Few steps", "unet": FAST_UNET, "defaults": FAST_DEFAULTS | (measurements.kept("defaults-fast") or {})}]


def write_manifest(out: Path, name: str = "people", title: str = "People (drawn world)") -> None:
    """Lists every file under `out` but itself, and but trained variants (variant.py): a new one must not change what names the base."""
    defaults = shipped_defaults()
    files = []
    own = (p for p in out.rglob("*") if p.is_file() and p.name not in ("manifest.json", ".DS_Store") and out / variant.FOLDER not in p.parents)
    for path in sorted(own):
        data = path.read_bytes()
        files.append({"path": path.relative_to(out).as_posix(), "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})
    manifest = {"id": name, "title": title, "version": 1, "defaults": defaults, "variants": variants(out), "files": files}
    (out / "manifest.json").write_text(measurements.to_json(manifest))
    print(f"manifest: {len(files)} files, {sum(f['bytes'] for f in files) / 1e6:.2f} MB")
