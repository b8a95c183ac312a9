"""Variants as training writes them."""

import json
import tempfile
import unittest
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file

from training import manifest, variant

SHA = "a" * 64
FACTS = dict(name="Fair", summary="Evens it out.", method="ddm", evidence="ours", citation="Ours.", training={"command": "python -m x", "samples": 10, "seed": 1})
PAIR = torch.randn(2, 6), torch.randn(4, 2)


def base(folder: str) -> Path:
    model = Path(folder)
    files = [{"path": path, "bytes": 1, "sha256": SHA} for path in ("unet/model.onnx", "unet_fast/model.onnx", "text_encoder/model.onnx")]
    (model / "manifest.json").write_text(json.dumps({"id": "people", "files": files}))
    return model


class Written(unittest.TestCase):
    def test_a_lora_and_a_token_with_their_card_and_the_index(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            folder = variant.write(
                base(name), id="fair", **FACTS, lora={"unet": {"mid_block.attentions.0.proj_in": PAIR}}, alpha=4.0,
                embeddings={"<fair-person>": torch.ones(1, 192)}, tokens=[{"token": "<fair-person>", "initializer": "person"}])
            card = json.loads((folder / "manifest.json").read_text())
            self.assertEqual((card["parts"], card["rank"]), (["unet", "embeddings"], 2))
            self.assertEqual(card["base"], {"unet/model.onnx": SHA, "text_encoder/model.onnx": SHA})
            tensors = load_file(folder / variant.DELTA)
            module = "unet.mid_block.attentions.0.proj_in"
            self.assertEqual({k: list(x.shape) for k, x in tensors.items()}, {
                f"{module}.lora_A.weight": [2, 6], f"{module}.lora_B.weight": [4, 2], f"{module}.alpha": [], "<fair-person>": [1, 192]})
            self.assertEqual(float(tensors[f"{module}.alpha"]), 4)
            with safe_open(folder / variant.DELTA, "pt") as file:
                self.assertEqual(json.loads(file.metadata()[variant.CARD]), {k: v for k, v in card.items() if k != "delta"})
            index = json.loads((Path(name) / "variants/index.json").read_text())
            self.assertEqual([entry["id"] for entry in index["variants"]], ["fair"])

    def test_the_same_delta_is_the_same_bytes(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            model = base(name)
            written = {(variant.write(model, id="fair", **FACTS, lora={"unet": {"conv_in": PAIR}}) / variant.DELTA).read_bytes() for _ in range(12)}
            self.assertEqual(len(written), 1)

    def test_it_is_none_of_the_files_that_name_the_base_and_knows_when_they_change(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            model = base(name)
            (model / "vae.onnx").write_bytes(b"x")
            variant.write(model, id="fair", **FACTS, lora={"unet": {"conv_in": PAIR}})
            self.assertEqual(variant.stale(model), {})
            manifest.write_manifest(model)
            self.assertEqual([e["path"] for e in json.loads((model / "manifest.json").read_text())["files"]], ["vae.onnx"])
            self.assertEqual(variant.stale(model), {"fair": ["unet/model.onnx"]})

    def test_what_the_studio_would_refuse_is_refused(self) -> None:
        a, b = PAIR
        cases: list[tuple[str, dict[str, object]]] = [
            ("no \\[rank, in", {"lora": {"unet": {"conv_in": (a, b.T)}}}),
            ("holds a LoRA", {}),
            ("holds a LoRA", {"lora": {"vae": {"conv_in": PAIR}}}),
            ("no graph of it", {"lora": {"unet": {"conv_in": PAIR}}, "graphs": ["text_encoder/model.onnx"]}),
            ("must look like", {"embeddings": {"fair": torch.ones(1, 192)}, "tokens": [{"token": "fair", "initializer": "person"}]}),
            ("`tokens` must name", {"embeddings": {"<fair>": torch.ones(1, 192)}}),
            ("too large for float16", {"lora": {"unet": {"conv_in": (a * 1e6, b)}}}),
        ]
        for said, changes in cases:
            with self.subTest(said), tempfile.TemporaryDirectory() as name, self.assertRaisesRegex(ValueError, said):
                variant.write(base(name), id="fair", **(FACTS | changes))


if __name__ == "__main__":
    unittest.main()
