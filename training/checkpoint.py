"""Checkpoints that survive a stop at any moment: written beside, renamed over, the one before kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch

from training import renderer
from training.whole import writing


def save(path: Path, state: dict[str, Any]) -> None:
    """Writes `path` atomically and keeps the previous file as `<name>.previous`.

    @raises SystemExit with a sentence when the disk is full; the checkpoint before stays as it was.
    """
    with writing(path) as temporary:
        # Through a file of Python's own, whose error names a full disk; torch's writer says "unexpected pos" (torch 2.13).
        with temporary.open("wb") as file:
            torch.save(state, file)
        if path.exists():
            os.replace(path, path.with_suffix(path.suffix + ".previous"))


def load(path: Path, drawn_by: str | None = None) -> dict[str, Any] | None:
    """The newest readable checkpoint: `path`, else the one before it, else None.

    @param drawn_by renderer of the pictures it is to go on with. @raises SystemExit when it learnt from others.
    """
    for candidate in (path, path.with_suffix(path.suffix + ".previous")):
        if not candidate.exists():
            continue
        try:
            state = torch.load(candidate, map_location="cpu", weights_only=True)
        except Exception as error:  # a half-written file of a killed machine
            print(f"{candidate} cannot be read ({error}); trying the one before it")
            continue
        if drawn_by is not None:
            renderer.require_same(candidate, state["facts"].get("renderer"), drawn_by)
        return state
    return None
