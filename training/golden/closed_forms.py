"""Writes workers/methods/{uce,time}/golden/*.json: the edits as the papers' code makes them, weight by weight.

    python training/golden/closed_forms.py

Every cross-attention weight is edited by itself, W <- (lambda W + sum v k^T) (lambda I + sum k k^T)^-1, and then applied to the text.
The page maps the text once and leaves the weights alone; both must give the same keys and values. The text encoder is the one of
workers/testing/host.ts (wordByWord).
"""

import json
from pathlib import Path

import torch
from torch import Tensor

OUT = Path(__file__).resolve().parents[2] / "workers/methods"
WIDTH, TOKENS, HEADS = 24, 16, 3
WEIGHTS = torch.randn(2, HEADS, WIDTH, generator=torch.Generator().manual_seed(7), dtype=torch.float64)
"""W_K and W_V of one layer."""
PRESERVE = ["", "a person", "a woman", "a man", "a nurse", "an engineer", "a ceo", "a teacher", "a chef", "a firefighter", "a police officer",
            "a farmer", "a scientist", "a housekeeper", "an artist"]
"""workers/methods/textPrompts.ts, preservePrompts of "a doctor"."""
PROMPT = "a photo of a doctor"
SENTENCES = ["", "a photo of ", "an image of ", "a picture of "]


def tokens(prompt: str) -> list[str]:
    words = prompt.split()
    return ["<s>", *words, *["</s>"] * (TOKENS - 1 - len(words))]


def encode(prompt: str) -> Tensor:
    told, rows = 0, []
    for i, token in enumerate(tokens(prompt)):
        told += sum(map(ord, token)) * (i + 1)
        rows.append(torch.sin(0.01 * told * torch.arange(1, WIDTH + 1, dtype=torch.float64) + i))
    return torch.stack(rows)


def last_word(prompt: str) -> Tensor:
    return encode(prompt)[len(prompt.split())]


def edited(weight: Tensor, keys: Tensor, values: Tensor, lam: float) -> Tensor:
    """keys [N, WIDTH], values [N, HEADS]."""
    return (lam * weight + values.T @ keys) @ torch.linalg.inv(lam * torch.eye(WIDTH, dtype=torch.float64) + keys.T @ keys)


def uce(noun: str, weights: dict[str, float], lam: float) -> list[Tensor]:
    concept, kept = last_word(noun), torch.stack([last_word(p) for p in PRESERVE])
    out = []
    for weight in WEIGHTS:
        value = weight @ concept
        for word, alpha in weights.items():
            value = value + alpha * (weight @ last_word(word))
        out.append(edited(weight, torch.cat([concept[None], kept]), torch.cat([value[None], kept @ weight.T]), lam))
    return out


def alignment(source: str, destination: str) -> list[int]:
    """Each token of the source finds the next equal one of the destination; what is left follows in order, the last one repeated."""
    plain = [["a" if token == "an" else token for token in ["<s>", *text.split(), "</s>"]] for text in (source, destination)]
    found, j = [], 0
    for token in plain[0]:
        j = plain[1].index(token, j)
        found.append(j)
        j += 1
    rest = list(range(j, TOKENS))
    return [*found, *rest, *[TOKENS - 1] * (TOKENS - len(found) - len(rest))]


def time(source: str, destination: str, lam: float) -> list[Tensor]:
    out = []
    for weight in WEIGHTS:
        keys, values = [], []
        for sentence in SENTENCES:
            to = alignment(sentence + source, sentence + destination)
            keys.append(encode(sentence + source))
            values.append(encode(sentence + destination)[to] @ weight.T)
        out.append(edited(weight, torch.cat(keys), torch.cat(values), lam))
    return out


def write(method: str, new: list[Tensor], **given: object) -> None:
    rows = encode(PROMPT)
    golden = {"prompt": PROMPT, **given, "weights": WEIGHTS.tolist(), "edited": [(rows @ weight.T).tolist() for weight in new]}
    (OUT / method / "golden" / f"{method}.json").write_text(json.dumps(golden))


def main() -> None:
    write("uce", uce("a doctor", {"female": 0.8, "male": -0.6}, 0.5), values={"woman": 0.8, "man": -0.6}, preserve=PRESERVE)
    source, destination = "a doctor", "an old dark-skinned female doctor"
    alignments = [{"source": s + source, "destination": s + destination, "tokens": alignment(s + source, s + destination)} for s in SENTENCES]
    write("time", time(source, destination, 0.1), assigned={"gender": "woman", "tone": "dark", "age": "old"}, alignments=alignments)


if __name__ == "__main__":
    main()
