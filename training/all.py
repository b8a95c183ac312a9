"""Everything in order: `python -m training.all` (or `--minutes 300` to share that time between the trained stages).

Each stage can be stopped and started again on its own; a stage that used up its budget ends at once.
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from training.paths import BALANCED, BIASED, HELD_OUT, ROOT

SHARES = {"vae": 0.24, "clip": 0.05, "denoiser": 0.52, "fast": 0.08, "reader": 0.11}
"""How a given number of minutes is divided."""


def render(folder: object, count: int, start: int, *flags: str) -> list[str]:
    return ["node", "scripts/run.mjs", "training/render/render.ts", *flags, "--count", str(count), "--start", str(start), "--out", str(folder)]


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"training.{module}", *arguments]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=None, help="wall time for the five trained stages together")
    minutes = parser.parse_args().minutes
    budget = lambda stage: () if minutes is None else ("--minutes", str(minutes * SHARES[stage]))  # noqa: E731
    commands = [
        render(BIASED, 80_000, 0), render(BALANCED, 32_000, 0, "--balanced"), render(HELD_OUT, 8_000, 900_000, "--balanced"),
        python("vocabulary"), python("stages.vae", *budget("vae")), python("stages.clip", *budget("clip")), python("stages.latents"),
        python("stages.reader", *budget("reader")), python("stages.denoiser", *budget("denoiser")), python("stages.fast", *budget("fast")),
        python("export"), python("measure_reader"), python("measure_quantization"), python("evaluate"), python("export", "--configs-only"), python("weights"),
    ]
    for command in commands:
        print("$", " ".join(command), flush=True)
        if (code := subprocess.run(command, cwd=ROOT).returncode) != 0:
            raise SystemExit(f"This step ended with code {code}; what was made before it is kept. Start again to go on from here.")


if __name__ == "__main__":
    main()
