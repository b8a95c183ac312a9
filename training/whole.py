"""Files that are there whole or not at all: a stop at any moment, or a full disk, leaves the version before."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def disk_is_full(error: BaseException) -> bool:
    """Also where a library put its own error around it."""
    inner = error.__cause__ or error.__context__
    return getattr(error, "errno", None) == errno.ENOSPC or "No space left" in str(error) or (inner is not None and disk_is_full(inner))


@contextmanager
def writing(path: Path) -> Iterator[Path]:
    """Gives a path beside `path` to write to; it takes the place of `path` at the end, and is thrown away if anything fails.

    @raises SystemExit with a sentence when the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    except Exception as error:
        if disk_is_full(error):
            raise SystemExit(f"The disk is full: {path} was not renewed, what stood there before is kept. Free some space and start the same command again.") from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def need_room(folder: Path, size: int) -> None:
    """To be asked before a large file is mapped into memory: writing to it on a full disk would end the process without a word.

    @param size in bytes. @raises SystemExit with a sentence when the disk has less.
    """
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free
    if free < size:
        raise SystemExit(f"{folder} needs {size / 1e9:.1f} GB, and the disk has {free / 1e9:.1f} GB left. Free some space and start the same command again.")
