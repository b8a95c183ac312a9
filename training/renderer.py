"""Which version of the drawn world (src/core/world) pictures, latents and weights come from, so that none are mixed unnoticed."""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path

from training.paths import ROOT

ANYWAY = "EVENHAND_OLD_PICTURES"
"""Set to 1 to go on with pictures that the world of today would draw otherwise."""


@cache
def current() -> str | None:
    """Hash of the world as it is now, or None where Node cannot be asked."""
    command = ["node", "scripts/run.mjs", "training/world_facts.ts"]
    try:
        facts = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True, timeout=300).stdout
        return str(json.loads(facts)["rendererHash"])
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        print(f"Whether the drawn world has changed since the pictures were made cannot be told: {error}", flush=True)
        return None


def require_current(folder: Path, drawn_by: str) -> None:
    """@raises SystemExit when the world has changed since what lies in `folder` was made."""
    if os.environ.get(ANYWAY) == "1":
        return
    now = current()
    if now is not None and now != drawn_by:
        raise SystemExit(f"{folder} was made with the renderer {drawn_by}, and src/core/world is now {now}: the drawn world has changed since. "
                         f"Delete the folder and make it again (training/README.md), or set {ANYWAY}=1 to go on with it as it is.")


def require_same(path: Path, learnt_from: str | None, data: str) -> None:
    """@param path a checkpoint. @raises SystemExit when it learnt from pictures of another renderer than those at hand."""
    if learnt_from is None or learnt_from == data or os.environ.get(ANYWAY) == "1":
        return
    raise SystemExit(f"{path} learnt from pictures of the renderer {learnt_from}, and those at hand are of {data}. "
                     f"Move {path.parent} away to train anew, or set {ANYWAY}=1 to teach these weights the new pictures.")
