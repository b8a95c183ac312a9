"""Figures that stages measure, kept as small JSON files in training/checkpoints/measurements, so that a fresh clone has them too."""

from __future__ import annotations

import json
import math
from typing import Any

from training.paths import CHECKPOINTS
from training.whole import writing

FOLDER = CHECKPOINTS / "measurements"


def plain(value: Any) -> Any:
    """The same with None for what is no number: JSON has no word for NaN and infinity, and a browser refuses a file that holds one."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    return value


def to_json(value: Any, indent: int = 2) -> str:
    """JSON as every browser reads it, with a newline at the end."""
    return json.dumps(plain(value), indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def keep(name: str, value: Any) -> None:
    with writing(FOLDER / f"{name}.json") as path:
        path.write_text(to_json(value, 1))


def kept(name: str) -> Any:
    """What was kept under this name, or None."""
    path = FOLDER / f"{name}.json"
    return plain(json.loads(path.read_text())) if path.exists() else None
