"""What every training command says when the machine gives out: a sentence with what to do next, in place of a stack trace.
The last checkpoint is kept in every case (checkpoint.py writes it beside and renames it)."""

from __future__ import annotations

import functools
import signal
from collections.abc import Callable

import torch

from training.whole import disk_is_full

AGAIN = "The last checkpoint is kept"


def guard(work: Callable[..., None]) -> Callable[..., None]:
    """`work` with its failures put into words. Can be sent to a spawned process, as `work` can."""
    return functools.partial(_guarded, work)


def _guarded(work: Callable[..., None], *arguments: object) -> None:
    try:
        work(*arguments)
    except KeyboardInterrupt:
        raise SystemExit(f"Stopped. {AGAIN}: start the same command again to go on from it.") from None
    except Exception as error:
        sentence = explain(error)
        if sentence is None:
            raise
        raise SystemExit(sentence) from error


def explain(error: Exception) -> str | None:
    """What happened and what to do next, or None for an error of the program itself, whose stack trace is wanted."""
    said = str(error).split("\n")[0]
    if isinstance(error, torch.OutOfMemoryError) or "CUDA error: out of memory" in str(error):
        return (f"The graphics card ran out of memory ({said.removesuffix('.')}). {AGAIN}. Start the same command again with half the --batch, "
                "or end what else runs on the card (nvidia-smi lists it).")
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return f"This machine ran out of memory ({said or 'no detail'}). {AGAIN}. Start the same command again with half the --batch or with --workers 1, or end other programs."
    if disk_is_full(error):
        return f"The disk is full ({said}). {AGAIN}. Free some space and start the same command again."
    if isinstance(error, RuntimeError) and any(words in str(error) for words in ("Connection closed by peer", "Connection reset by peer")):
        return f"Another process of this training ended; if it said why, that stands above. {AGAIN}: start the same command again."
    return None


def ended(code: int) -> int | str:
    """What SystemExit is to be raised with for a process that ended with `code`: a sentence where a signal ended it, which says nothing itself."""
    if code >= 0:
        return code
    name = signal.Signals(-code).name
    if name == "SIGKILL":
        return f"A process of this training was killed from outside, mostly because the machine ran out of memory. {AGAIN}. Start the same command again with half the --batch or with --workers 1."
    if name == "SIGBUS":
        return f"A process of this training could not write to a file that it had mapped: the disk is full. {AGAIN}. Free some space and start the same command again."
    return f"A process of this training was ended by {name}. {AGAIN}: start the same command again."
