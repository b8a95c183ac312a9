"""Everything in order: `python -m training.all` (or `--minutes 300` to share that time between the trained stages).

Each stage can be stopped and started again on its own; a stage that used up its budget ends at once. On a machine that has a GPU for
a few minutes only, and neither npm nor the network: `--only render vae latents denoiser choose_guidance fast --minutes 6 --resume-from-committed
--renderer "node bundle.mjs" --facts facts.json`, where bundle.mjs is training/render/render.ts bundled by vite (its main called) and facts.json what
training/world_facts.ts printed.
"""

from __future__ import annotations

import argparse
import math
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from training.paths import BALANCED, BIASED, HELD_OUT, ROOT

SHARES = {"vae": 0.18, "decoder": 0.06, "clip": 0.05, "denoiser": 0.52, "fast": 0.08, "reader": 0.11}
"""How a given number of minutes is divided; what is not asked for leaves its share to the others."""
ORDER = ("render", "vocabulary", "vae", "decoder", "clip", "latents", "reader", "denoiser", "choose_guidance", "fast", "export", "measure", "weights")
SHARD = 2000
"""Pictures in a file, as training/render/render.ts makes them by default."""
IN_NODE = "node scripts/run.mjs training/render/render.ts"


def render(renderer: str, folder: object, count: int, start: int, *flags: str) -> list[list[str]]:
    """One command per core, each with whole shards of its own."""
    each = SHARD * math.ceil(count / SHARD / len(os.sched_getaffinity(0)))
    return [[*shlex.split(renderer), *flags, "--count", str(min(each, count - done)), "--start", str(start + done), "--out", str(folder)]
            for done in range(0, count, each)]


def python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", f"training.{module}", *arguments]


def run(command: list[str]) -> None:
    print("$", " ".join(command), flush=True)
    if (code := subprocess.run(command, cwd=ROOT).returncode) != 0:
        raise SystemExit(f"This step ended with code {code}; what was made before it is kept. Start again to go on from here.")


def run_together(commands: list[list[str]]) -> None:
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(run, commands))


def commands_of(options: argparse.Namespace) -> dict[str, list[list[str]]]:
    """The commands of every stage but rendering, in order."""
    wanted = {stage: share for stage, share in SHARES.items() if stage in options.only}
    whole = sum(wanted.values()) or 1.0

    def budget(*stages: str) -> tuple[str, ...]:
        return () if options.minutes is None else ("--minutes", f"{options.minutes * sum(wanted.get(s, 0) for s in stages) / whole:.3f}")

    committed = ("--resume-from-committed",) if options.resume_from_committed else ()
    facts = ("--facts", options.facts) if options.facts else ()
    # The decoder's own time comes after the autoencoder's in one budget, at whose end the rate decays.
    begins = SHARES["vae"] / (SHARES["vae"] + SHARES["decoder"])
    return {
        "vocabulary": [python("vocabulary")],
        "vae": [python("stages.vae", *budget("vae"), *committed)],
        "decoder": [python("stages.vae", *budget("vae", "decoder"), "--decoder-only", "--noise", "0.3", "--decay-from", f"{begins:.2f}")],
        "clip": [python("stages.clip", *budget("clip"))],
        "latents": [python("stages.latents")],
        "reader": [python("stages.reader", *budget("reader"), *committed)],
        "denoiser": [python("stages.denoiser", *budget("denoiser"), *committed)],
        "choose_guidance": [python("choose_guidance", "--each", "16", "--scales", "1.3", "1.7", "2.2", *facts)],
        "fast": [python("stages.fast", *budget("fast"))],
        "export": [python("export")],
        "measure": [python("measure_reader"), python("measure_quantization"), python("evaluate"), python("export", "--configs-only")],
        "weights": [python("weights")],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=None, help="wall time for the trained stages together")
    parser.add_argument("--only", nargs="+", choices=ORDER, default=ORDER, metavar="STAGE", help=f"some of: {' '.join(ORDER)}")
    parser.add_argument("--pictures", type=int, default=80_000, help="pictures of the biased world")
    parser.add_argument("--balanced", type=int, default=32_000, help="pictures of the balanced world")
    parser.add_argument("--held-out", type=int, default=8_000, help="pictures that no stage learns from")
    parser.add_argument("--renderer", default=IN_NODE, help="the command that draws pictures")
    parser.add_argument("--facts", default=None, help="what training/world_facts.ts printed, for a machine without npm")
    parser.add_argument("--resume-from-committed", action="store_true", help="start from training/checkpoints")
    options = parser.parse_args()
    if "render" in options.only:
        run_together([*render(options.renderer, HELD_OUT, options.held_out, 900_000, "--balanced"), *render(options.renderer, BALANCED, options.balanced, 0, "--balanced"),
                      *render(options.renderer, BIASED, options.pictures, 0)])
    for stage, commands in commands_of(options).items():
        if stage in options.only:
            for command in commands:
                run(command)


if __name__ == "__main__":
    main()
