"""Checkpoints that survive a stop at any moment: written beside, renamed over, the one before kept."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import torch


def save(path: Path, state: dict[str, Any]) -> None:
    """Writes `path` atomically and keeps the previous file as `<name>.previous`.

    @raises SystemExit with a sentence when the disk is full; the checkpoint before stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(path.suffix + ".tmp")
    try:
        torch.save(state, temporary)
    except (OSError, RuntimeError) as error:
        temporary.unlink(missing_ok=True)
        if getattr(error, "errno", None) == errno.ENOSPC or "No space" in str(error) or "file write failed" in str(error):
            raise SystemExit(f"The disk is full: {path} was not renewed, the last checkpoint is kept. Free some space and start again.") from error
        raise
    if path.exists():
        os.replace(path, path.with_suffix(path.suffix + ".previous"))
    os.replace(temporary, path)


def load(path: Path) -> dict[str, Any] | None:
    """The newest readable checkpoint: `path`, else the one before it, else None."""
    for candidate in (path, path.with_suffix(path.suffix + ".previous")):
        if not candidate.exists():
            continue
        try:
            return torch.load(candidate, map_location="cpu", weights_only=True)
        except Exception as error:  # a half-written file of a killed machine
            print(f"{candidate} cannot be read ({error}); trying the one before it")
    return None
