"""Everything in order: `python -m training.all` (or `--minutes 300` to share that time between the trained stages).

Each stage can be stopped and started again on its own; a stage that used up its budget ends at once.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from training.paths import BALANCED, BIASED, HELD_OUT, ROOT

SHARES = {"vae": 0.24, "clip": 0.05, "denoiser": 0.52, "fast": 0.08, "reader": 0.11}
"""How a given number of minutes is divided."""


SHARD = 2000
"""Pictures in a file, as training/render/render.ts makes them by default."""


def render(folder: object, count: int, start: int, *flags: str) -> list[list[str]]:
    """One command per core, each with whole shards of its own."""
    each = SHARD * math.ceil(count / SHARD / len(os.sched_getaffinity(0)))
    return [["node", "scripts/run.mjs", "training/render/render.ts", *flags, "--count", str(min(each, count - done)), "--start", str(start + done),
             "--out", str(folder)] for done in range(0, count, each)]


def run(command: list[str]) -> None:
    print("$", " ".join(command), flush=True)
    if (code := subprocess.run(command, cwd=ROOT).returncode) != 0:
        raise SystemExit(f"This step ended with code {code}; what was made before it is kept. Start again to go on from here.")


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"training.{module}", *arguments]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=None, help="wall time for the five trained stages together")
    minutes = parser.parse_args().minutes
    budget = lambda stage: () if minutes is None else ("--minutes", str(minutes * SHARES[stage]))  # noqa: E731
    pictures = [*render(BIASED, 80_000, 0), *render(BALANCED, 32_000, 0, "--balanced"), *render(HELD_OUT, 8_000, 900_000, "--balanced")]
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, pictures))
    commands = [
        python("vocabulary"), python("stages.vae", *budget("vae")), python("stages.clip", *budget("clip")), python("stages.latents"),
        python("stages.reader", *budget("reader")), python("stages.denoiser", *budget("denoiser")),
        python("choose_guidance", "--each", "16", "--scales", "1.3", "1.7", "2.2"), python("stages.fast", *budget("fast")),
        python("export"), python("measure_reader"), python("measure_quantization"), python("evaluate"), python("export", "--configs-only"), python("weights"),
    ]
    for command in commands:
        run(command)


if __name__ == "__main__":
    main()
