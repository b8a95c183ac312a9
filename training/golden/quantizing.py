"""Fixtures of `npm run quantize`: `python -m training.golden.quantizing` writes into quantize/golden

- tiny/: the tiny pipeline of tiny_pipeline.py with float32 weights;
- beside/: its autoencoder with the weights in a file of their own;
- blocks.json: a random matrix as onnxruntime's own quantizer packs it for MatMulNBits (4 bits, blocks of 32, with zero points).
"""

from __future__ import annotations

import base64
import json
import shutil

import numpy as np
import onnx
from onnxruntime.capi._pybind_state import quantize_matmul_4bits

from training.golden import tiny_pipeline
from training.manifest import write_manifest
from training.paths import ROOT

OUT = ROOT / "quantize" / "golden"
K, N = 96, 5


def blocks() -> dict[str, object]:
    weight = np.random.default_rng(0).standard_normal((K, N)).astype(np.float32)
    weight[:32, 0], weight[32:64, 1] = 0, np.abs(weight[32:64, 1])  # a block of zeros, and one without negative numbers
    packed, scales, zeros = np.zeros((N, K // 32, 16), np.uint8), np.zeros(N * K // 32, np.float32), np.zeros(N * ((K // 32 + 1) // 2), np.uint8)
    quantize_matmul_4bits(packed, weight, scales, zeros, 32, N, K, False)  # what MatMulNBitsQuantizer calls
    encoded = lambda x: base64.b64encode(np.ascontiguousarray(x).tobytes()).decode()  # noqa: E731
    return {"note": "made by python -m training.golden.quantizing; base64, float32 and uint8", "K": K, "N": N, "matrix": encoded(weight),
            "packed": encoded(packed), "scales": encoded(scales), "zeros": encoded(zeros)}


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "blocks.json").write_text(json.dumps(blocks(), indent=1) + "\n")
    folder = OUT / "tiny"
    shutil.rmtree(folder, ignore_errors=True)
    tiny_pipeline.write_pipeline(folder, stored="fp32")
    beside = OUT / "beside/model.onnx"
    beside.parent.mkdir(exist_ok=True)
    (OUT / "beside/model.onnx_data").unlink(missing_ok=True)
    onnx.save(onnx.load(folder / "vae_decoder/model.onnx"), beside, save_as_external_data=True, location="model.onnx_data", size_threshold=256)
    write_manifest(folder, "tiny", "Tiny (random weights, for tests)")


if __name__ == "__main__":
    main()
