"""The tokenizer in CLIP's format, trained so that every word of the world is one token and any other text still goes by bytes.

Files as transformers' CLIPTokenizer writes them; the page reads tokenizer.json and tokenizer_config.json.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors
from tokenizers import Regex

START, END = "<|startoftext|>", "<|endoftext|>"
# CLIP's own word pattern (openai/CLIP simple_tokenizer.py).
WORDS = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
_PLAIN_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[^\W\d_]+|\d|[^\s\w]+|_+")


def words_of(captions: Iterable[str]) -> Counter[str]:
    """Lower-case words and signs of the captions with their counts."""
    counts: Counter[str] = Counter()
    for caption in captions:
        counts.update(_PLAIN_WORDS.findall(caption.lower()))
    return counts


def byte_alphabet() -> list[str]:
    """The 256 printable stand-ins for bytes, in GPT-2's and CLIP's order."""
    first = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [b for b in range(256) if b not in first]
    return [chr(b) for b in first] + [chr(256 + i) for i in range(len(rest))]


def learn_merges(words: Counter[str]) -> list[tuple[str, str]]:
    """Byte-pair merges, most frequent pair first (ties by spelling), until every word is one token."""
    pieces = {word: [*word[:-1], word[-1] + "</w>"] for word in words if word.isascii()}
    merges: list[tuple[str, str]] = []
    while True:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, parts in pieces.items():
            for pair in zip(parts, parts[1:]):
                pairs[pair] += words[word]
        if not pairs:
            return merges
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, parts in pieces.items():
            pieces[word] = merge(parts, best)


def merge(parts: list[str], pair: tuple[str, str]) -> list[str]:
    joined: list[str] = []
    for part in parts:
        if joined and (joined[-1], part) == pair:
            joined[-1] += part
        else:
            joined.append(part)
    return joined


def build(words: Counter[str]) -> Tokenizer:
    """A `tokenizers` tokenizer with CLIP's normaliser, word pattern, byte level and end-of-word suffix."""
    merges = learn_merges(words)
    alphabet = byte_alphabet()
    tokens = [*alphabet, *(a + "</w>" for a in alphabet), *dict.fromkeys(a + b for a, b in merges), START, END]
    vocab = {token: i for i, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.BPE(
        vocab=vocab, merges=merges, unk_token=END, continuing_subword_prefix="", end_of_word_suffix="</w>", fuse_unk=False))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(WORDS), behavior="removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.RobertaProcessing(
        sep=(END, vocab[END]), cls_token=(START, vocab[START]), trim_offsets=False, add_prefix_space=False)
    tokenizer.add_special_tokens([START, END])
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path, max_tokens: int = 77) -> None:
    """Writes the five files of a CLIP tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    state = json.loads(tokenizer.to_str())
    state["truncation"] = state["padding"] = None
    write = lambda name, value: (folder / name).write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")))  # noqa: E731
    write("tokenizer.json", state)
    write("vocab.json", state["model"]["vocab"])
    pairs = [m if isinstance(m, str) else " ".join(m) for m in state["model"]["merges"]]
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *pairs]) + "\n")
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    write("special_tokens_map.json", special)
    write("tokenizer_config.json", special | {
        "tokenizer_class": "CLIPTokenizer", "model_max_length": max_tokens, "do_lower_case": True,
        "add_prefix_space": False, "errors": "replace", "clean_up_tokenization_spaces": False,
        "added_tokens_decoder": {str(tokenizer.token_to_id(t)): {
            "content": t, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True} for t in (START, END)}})


def load(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def encode(tokenizer: Tokenizer, texts: list[str], length: int = 77) -> list[list[int]]:
    """Token ids, cut to `length` keeping the end token, padded with the end token."""
    end = tokenizer.token_to_id(END)
    rows = []
    for encoding in tokenizer.encode_batch(texts):
        ids = encoding.ids if len(encoding.ids) <= length else [*encoding.ids[: length - 1], end]
        rows.append(ids + [end] * (length - len(ids)))
    return rows
