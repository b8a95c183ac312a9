"""Tokenizer and word list of the captions: `python -m training.vocabulary` (before world-CLIP; seconds)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer

from training import measurements, tokenizer
from training.paths import BALANCED, BIASED, CHECKPOINTS, HELD_OUT

FOLDER = CHECKPOINTS / "tokenizer"


def captions(folder: Path) -> list[str]:
    """Every caption of a rendered data set, in order."""
    found: list[str] = []
    for path in sorted(folder.glob("records-*.jsonl")):
        with path.open() as file:
            found += [json.loads(line)["caption"] for line in file]
    return found


def load() -> Tokenizer:
    """@raises SystemExit when the tokenizer was not made yet."""
    if not (FOLDER / "tokenizer.json").exists():
        raise SystemExit("There is no tokenizer yet: run python -m training.vocabulary after rendering.")
    return tokenizer.load(FOLDER)


def words() -> list[str]:
    """The words that stood in a training caption, sorted."""
    return json.loads((FOLDER / "words.json").read_text())


def build(texts: list[str]) -> None:
    """Learns and writes the tokenizer and words.json; numbers and signs are no words."""
    counts: Counter[str] = tokenizer.words_of(texts)
    made = tokenizer.build(counts)
    tokenizer.save(made, FOLDER)
    known = sorted(word for word in counts if word[0].isalpha())
    (FOLDER / "words.json").write_text(json.dumps(known, indent=0))
    longest = max((len(e.ids) for e in made.encode_batch(texts)), default=0)
    print(f"{len(texts)} captions, {len(known)} words, {made.get_vocab_size()} tokens, longest caption {longest} tokens")


def main() -> None:
    build(captions(BIASED) + captions(BALANCED))
    facts = {folder.name: json.loads((folder / "meta.json").read_text()) for folder in (BIASED, BALANCED, HELD_OUT)}
    measurements.keep("data", {name: {k: v for k, v in fact.items() if k != "shards"} for name, fact in facts.items()})


if __name__ == "__main__":
    main()
