"""How weights are kept: in files of the pipeline and in committed checkpoints."""

import unittest

import numpy as np
import torch
from onnx import TensorProto, numpy_helper
from torch import nn

from training.onnx_tools import halve, most_hurt, relative_error, run, store, to_onnx
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

    def test_what_int8_hurts_most_is_spared_first_and_only_while_there_is_room(self) -> None:
        torch.manual_seed(0)
        picture = torch.randn(2, 16, 8, 8)
        net = nn.Sequential(nn.Conv2d(16, 16, 3), nn.ReLU(), nn.Conv2d(16, 16, 3))
        net[2].weight.data[:, 0, 0, 0] = 30  # one large number in each channel leaves the others few of the 127 steps
        model = to_onnx(net, (picture,), ["x"], ["y"])
        exact, size = run(model, (picture,)), 16 * 16 * 9
        self.assertEqual(most_hurt(model, (picture,), size - 1), [])
        self.assertEqual(most_hurt(model, (picture,), size), ["2.weight"])
        self.assertEqual(most_hurt(model, (picture,), 2 * size), ["2.weight", "0.weight"])
        plain, spared = (relative_error(run(store(model, "int8", (picture,), room), (picture,)), exact) for room in (0, size))
        self.assertLess(spared, plain / 3)

    def test_checkpoints_keep_large_variances(self) -> None:
        """The autoencoder's encoder has variances of 10^6: as fp16 they became infinite, and its latents 0."""
        self.assertEqual(halved(torch.tensor([2.1e6])).dtype, torch.float32)
        self.assertEqual(halved(torch.tensor([1.5])).dtype, torch.float16)
        self.assertEqual(halved(torch.tensor([3])).dtype, torch.int64)


if __name__ == "__main__":
    unittest.main()
