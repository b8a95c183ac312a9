"""How weights are kept: in files of the pipeline and in committed checkpoints."""

import unittest

import numpy as np
import torch
from onnx import TensorProto, numpy_helper
from torch import nn

from training.onnx_tools import halve, relative_error, run, to_onnx
from training.weights import halved


class Stored(unittest.TestCase):
    def test_fp16_files_hold_half_and_answer_alike(self) -> None:
        torch.manual_seed(0)
        picture = torch.randn(2, 16, 8, 8)
        model = to_onnx(nn.Sequential(nn.Conv2d(16, 32, 3), nn.ReLU(), nn.Conv2d(32, 16, 3)), (picture,), ["x"], ["y"])
        stored = halve(model)
        kinds = [w.data_type for w in stored.graph.initializer if np.prod(w.dims) > 1024]
        self.assertEqual(kinds, [TensorProto.FLOAT16] * 2)
        self.assertLess(relative_error(run(stored, (picture,)), run(model, (picture,))), 1e-3)

    def test_a_tensor_that_fp16_has_no_room_for_stays_fp32(self) -> None:
        tiny = nn.Conv2d(16, 32, 3)
        nn.init.constant_(tiny.weight, 1e-9)
        stored = halve(to_onnx(tiny, (torch.randn(2, 16, 8, 8),), ["x"], ["y"]))
        kept = next(numpy_helper.to_array(w) for w in stored.graph.initializer if np.prod(w.dims) > 1024)
        self.assertEqual((kept.dtype, float(kept.max())), (np.float32, float(np.float32(1e-9))))

    def test_checkpoints_keep_large_variances(self) -> None:
        """The autoencoder's encoder has variances of 10^6: as fp16 they became infinite, and its latents 0."""
        self.assertEqual(halved(torch.tensor([2.1e6])).dtype, torch.float32)
        self.assertEqual(halved(torch.tensor([1.5])).dtype, torch.float16)
        self.assertEqual(halved(torch.tensor([3])).dtype, torch.int64)


if __name__ == "__main__":
    unittest.main()
