"""Several single-threaded processes that average their gradients, in place of one process with several threads.

On a CPU that other programs use too, threads wait for each other at every operation: 18 samples per CPU-second with two threads, 52 with
two processes (denoiser, measured at load 10). Alone on the machine both are equally fast.
"""

from __future__ import annotations

import argparse
import os
import signal
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import Tensor

from training.device import device
from training.guarded import ended, guard


@dataclass(frozen=True)
class Team:
    """One process's place among `size`; rank 0 logs, saves and decides."""

    rank: int
    size: int

    def average(self, parameters: Iterable[Tensor], rate: float, stop: bool) -> tuple[float, bool]:
        """Averages gradients in place. @returns rank 0's learning rate and whether rank 0 wants to stop, the same in every process."""
        if self.size == 1:
            return rate, stop
        grads = [p.grad for p in parameters if p.grad is not None]
        said = torch.tensor([rate, float(stop)] if self.rank == 0 else [0.0, 0.0])
        flat = torch.cat([*(g.flatten() for g in grads), said])
        dist.all_reduce(flat)
        at = 0
        for g in grads:
            g.copy_(flat[at:at + g.numel()].view_as(g)).div_(self.size)
            at += g.numel()
        return float(flat[-2]), float(flat[-1]) > 0.5

    def wait(self) -> None:
        """Returns when every process of the team has come here."""
        if self.size > 1:
            dist.barrier()


def _member(rank: int, size: int, meeting: str, work: Callable[[Team, argparse.Namespace], None], options: argparse.Namespace) -> None:
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[rank % len(cores)]})
    device()  # sets the threads once; only then one thread each
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=size)
    work(Team(rank, size), options)
    dist.destroy_process_group()


def launch(work: Callable[[Team, argparse.Namespace], None], options: argparse.Namespace) -> None:
    """Runs `work` in options.workers processes (0: one per core on a CPU, one on CUDA), each on a core of its own.

    @raises SystemExit with the first process's exit code when it fails.
    """
    work = guard(work)
    size = options.workers or (1 if device().type == "cuda" else len(os.sched_getaffinity(0)))
    if size == 1:
        work(Team(0, 1), options)
        return
    # Read by OpenMP when a process starts; without it two processes' idle threads spin against each other (12 in place of 68 pictures a second each).
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as folder:
        meeting = str(Path(folder) / "meeting")
        context = mp.get_context("spawn")
        members = [context.Process(target=_member, args=(rank, size, meeting, work, options), daemon=True) for rank in range(size)]
        for member in members:
            member.start()
        for name in (signal.SIGTERM, signal.SIGINT):  # the first process saves and ends the run
            signal.signal(name, lambda number, _: os.kill(members[0].pid or 0, number))
        members[0].join()
        if members[0].exitcode:
            raise SystemExit(ended(members[0].exitcode))
        for member in members[1:]:
            member.join()
