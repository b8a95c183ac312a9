"""card.json: the model card, generated from the measurements and from nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from training import measurements


def write_card(out: Path, facts: dict[str, dict[str, Any]], checks: dict[str, dict[str, float]]) -> None:
    """@param facts per stage: samples seen and what it measured. @param checks per graph: export differences."""
    card = {
        "title": "People (drawn world)",
        "licence": "MIT",
        "summary": "A small latent diffusion pipeline trained on pictures that this project draws itself, with a bias that is known exactly. "
                   "It depicts drawn figures; no photograph of any person was used.",
        "intendedUse": "Teaching and testing bias correction and bias measurement: the learned shares can be held against the table they were drawn from.",
        "notFor": "Depicting, describing or judging real people. Attributes are perceived presentations of drawn figures, never identities.",
        "limits": ["Knows only the words of vocabulary.json; other words are spelled by bytes and mean nothing to it.",
                   "128 x 128 pixels, one to four people.",
                   "A first model: small details of faces can still be soft; the figures below say how often it obeys its prompt."],
        "data": {"renderer": "src/core/world", "sets": measurements.kept("data")},
        "bias": measurements.kept("bias"),
        "training": facts,
        "export": checks,
        "reader": (measurements.kept("reader") or {}).get("measured"),
        "evaluation": measurements.kept("evaluation"),
    }
    (out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")
