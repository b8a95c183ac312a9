"""Figures that stages measure, kept as small JSON files in training/checkpoints/measurements, so that a fresh clone has them too."""

from __future__ import annotations

import json
from typing import Any

from training.paths import CHECKPOINTS

FOLDER = CHECKPOINTS / "measurements"


def keep(name: str, value: Any) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(value, indent=1) + "\n")


def kept(name: str) -> Any:
    """What was kept under this name, or None."""
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None
