"""One training run: budget, CSV log, curve picture, stop signal. Every stage uses this and nothing else."""

from __future__ import annotations

import csv
import math
import signal
import time
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt  # noqa: E402


class Run:
    """Counts samples and minutes against a budget; whichever is used up first ends the run.

    @param folder the stage's folder under training/runs.
    @param samples budget of training samples. @param minutes budget of wall time, kept across restarts.
    """

    def __init__(self, folder: Path, samples: int, minutes: float, seen: int = 0, used_minutes: float = 0.0) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.samples, self.minutes, self.seen = folder, samples, minutes, seen
        self._start = time.monotonic() - 60 * used_minutes
        self._stop = False
        self._last: dict[str, float] = {}
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        self._stop = True

    @property
    def used_minutes(self) -> float:
        return (time.monotonic() - self._start) / 60

    @property
    def progress(self) -> float:
        """0 at the start, 1 at the end of the budget."""
        return min(1.0, max(self.seen / self.samples, self.used_minutes / self.minutes))

    @property
    def stopped(self) -> bool:
        """True once a stop signal came: save and leave."""
        return self._stop

    @property
    def going(self) -> bool:
        return not self._stop and self.progress < 1

    def rate(self, peak: float, warm_samples: int, decay_from: float = 0.6, floor: float = 0.02) -> float:
        """Learning rate: linear warm-up by samples, constant, cosine decay to floor * peak over the last part of the budget."""
        warm = min(1.0, (self.seen + 1) / warm_samples)
        p = max(0.0, (self.progress - decay_from) / (1 - decay_from))
        return peak * warm * (floor + (1 - floor) * 0.5 * (1 + math.cos(math.pi * p)))

    def every(self, name: str, seconds: float) -> bool:
        """True at most once in so many seconds, first after one whole interval."""
        now = time.monotonic()
        if now - self._last.setdefault(name, now) < seconds:
            return False
        self._last[name] = now
        return True

    def log(self, **values: float) -> None:
        """Appends one row to log.csv (columns fixed by the first row) and prints it."""
        path = self.folder / "log.csv"
        row = {"seen": self.seen, "minutes": round(self.used_minutes, 2)} | {k: round(float(v), 6) for k, v in values.items()}
        new = not path.exists()
        with path.open("a", newline="") as file:
            writer = csv.DictWriter(file, row.keys())
            if new:
                writer.writeheader()
            writer.writerow(row)
        print(" ".join(f"{k}={v:.5g}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()), flush=True)
        self._draw(path)

    def _draw(self, path: Path) -> None:
        with path.open() as file:
            rows = list(csv.DictReader(file))
        names = [n for n in rows[0] if n not in ("seen", "minutes")]
        figure, axes = plt.subplots(1, len(names), figsize=(4 * len(names), 3), squeeze=False)
        for axis, name in zip(axes[0], names):
            axis.plot([int(r["seen"]) for r in rows], [float(r[name]) for r in rows])
            axis.set_title(name)
            axis.set_xlabel("samples")
            axis.grid(alpha=0.3)
        figure.tight_layout()
        figure.savefig(self.folder / "curve.png", dpi=70)
        plt.close(figure)
