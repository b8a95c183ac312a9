"""All trained variants within a budget: `python -m training.variants.all --minutes 5`. Several processes share the device: the most valuable runs start first,
each has its own budget, writes what it has at every checkpoint, and is collected into `--out` as soon as it ends, so that nothing finished is lost.

On a machine with neither npm nor the network: `--renderer "node bundle.mjs"` (training/render/render.ts bundled by vite, its main called).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tarfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training.all import IN_NODE, render, run_together
from training.device import device
from training.paths import BALANCED, DATA, ROOT, RUNS
from training.whole import writing

KEPT = ("delta.safetensors", "figures.json", "log.csv", "curve.png", "sheet.png", "readings.npz", "pictures.pt")
"""What is collected of a run; checkpoints stay."""


@dataclass(frozen=True)
class Job:
    """One command, the runs whose results it leaves, and when it starts and should have trained, as shares of the budget."""

    name: str
    module: str
    starts: float
    ends: float
    runs: tuple[str, ...]
    arguments: tuple[str, ...] = ()


CHAINS: tuple[tuple[Job, ...], ...] = (
    (Job("digits", "ddm", 0, 0.45, ("ddm-digits-base", "ddm-digits"), ("--data", "digits")),),
    (Job("people", "ddm", 0.12, 0.76, ("ddm-people-base", "ddm-people"), ("--data", "people", "--base-share", "0.6", "--count", "600")),),
    (Job("fine-tune-gender", "fine_tune", 0.12, 0.55, ("fine-tune-gender",)),
     Job("fine-tune-gender-tone", "fine_tune", 0.55, 0.85, ("fine-tune-gender-tone",), ("--attributes", "gender", "tone"))),
    (Job("dreambooth", "dreambooth", 0.12, 0.4, ("dreambooth",)),
     Job("ddm-lora", "ddm_lora", 0.4, 0.78, ("ddm-people-000", "ddm-people-050", "ddm-adv-people-050", "ddm-people-200", "ddm-adv-people-200"), ("--count", "300", "--samples", "6000")),
     Job("textual-inversion", "textual_inversion", 0.78, 0.96, ("textual-inversion",))),
)
"""Chains run side by side, the jobs of a chain one after another. A job that starts late keeps its end."""


def collect(out: Path, job: Job) -> None:
    """out/<job>.tar: results of its runs, and its log."""
    with writing(out / f"{job.name}.tar") as temporary, tarfile.open(temporary, "w") as tar:
        for run in job.runs:
            for name in KEPT:
                if (RUNS / run / name).exists():
                    tar.add(RUNS / run / name, f"{run}/{name}")
        if (log := RUNS / f"{job.name}.log").exists():
            tar.add(log, log.name)


def run_chain(chain: tuple[Job, ...], minutes: float, since: Callable[[], float], out: Path, extra: dict[str, list[str]]) -> None:
    for job in chain:
        left = job.ends * minutes - since()
        if left < 0.05:
            print(f"{job.name}: no time left", flush=True)
            continue
        # Starting torch takes a while, which the job's own clock does not see.
        command = [sys.executable, "-m", f"training.variants.{job.module}", *job.arguments, "--minutes", f"{max(0.03, left - START):.3f}", *extra.get(job.module, [])]
        with (RUNS / f"{job.name}.log").open("a") as log:
            print(f"[{60 * since():.0f} s] {' '.join(command[2:])}", flush=True)
            code = subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT).returncode
        print(f"[{60 * since():.0f} s] {job.name} ended with code {code}", flush=True)
        collect(out, job)


START = 0.2
"""Minutes from a command's start to its first training step."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--pictures", type=int, default=48_000, help="of the balanced world; a quarter of them show one person")
    parser.add_argument("--renderer", default=IN_NODE, help="the command that draws pictures")
    parser.add_argument("--out", type=Path, default=RUNS / "variants")
    parser.add_argument("--only", nargs="+", default=None, help="names of jobs")
    parser.add_argument("--quick", action="store_true", help="a few samples of everything: does it run from end to end?")
    options = parser.parse_args()
    began = time.monotonic()
    since = lambda: (time.monotonic() - began) / 60  # noqa: E731
    options.out.mkdir(parents=True, exist_ok=True)
    RUNS.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("OMP_NUM_THREADS", "1" if device().type == "cuda" else str(len(os.sched_getaffinity(0))))
    quick = {"ddm": ["--base-samples", "64", "--samples", "32", "--base-batch", "16", "--batch", "4", "--count", "4", "--seeds", "1", "--alphas", "0.05"],
             "fine_tune": ["--samples", "4", "--batch", "4", "--steps", "2", "--each", "1"], "dreambooth": ["--samples", "8", "--batch", "2", "--each", "1", "--prior", "1"],
             "ddm_lora": ["--samples", "4", "--batch", "2", "--count", "4"], "textual_inversion": ["--samples", "8", "--batch", "4", "--each", "1"]}
    chains = [tuple(job for job in chain if options.only is None or job.name in options.only) for chain in CHAINS]
    extra = quick if options.quick else {}

    def start(chain: tuple[Job, ...]) -> threading.Thread:
        thread = threading.Thread(target=run_chain, args=(chain, options.minutes, since, options.out, extra))
        thread.start()
        return thread

    threads = [start(chain) for chain in chains if chain and chain[0].starts == 0]
    run_together(render(options.renderer, BALANCED, options.pictures, 0, "--balanced"))
    print(f"[{60 * since():.0f} s] rendered", flush=True)
    if not (DATA / "alone.npz").exists() and subprocess.run([sys.executable, "-m", "training.variants.alone"], cwd=ROOT).returncode != 0:
        raise SystemExit("The pictures of one person could not be encoded; what trains without them goes on and is collected.")
    threads += [start(chain) for chain in chains if chain and chain[0].starts > 0]
    for thread in threads:
        thread.join()
    print(f"[{60 * since():.0f} s] all", flush=True)


if __name__ == "__main__":
    main()
