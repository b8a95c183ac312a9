"""Where things are, relative to the repository root."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TRAINING = ROOT / "training"
DATA = TRAINING / "data"
RUNS = TRAINING / "runs"
CHECKPOINTS = TRAINING / "checkpoints"
MODEL = ROOT / "public" / "models" / "people"

BIASED = DATA / "biased"
BALANCED = DATA / "balanced"
HELD_OUT = DATA / "held-out"
LATENTS = DATA / "latents"
