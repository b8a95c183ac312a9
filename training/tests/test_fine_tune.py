"""Targets and step weights of fine-tuning for fairness; LoRA as the studio computes it."""

import math
import tempfile
import unittest
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import nn

from training.variants.fine_tune import alignment, binary_targets, step_weights, transport_targets
from training.variants.lora import Lora, read_delta, save_delta


class Targets(unittest.TestCase):
    def test_of_four_images_two_of_each(self) -> None:
        target, uncertain = binary_targets(torch.tensor([0.9, 0.1, 0.6, 0.2]))
        self.assertEqual(target.tolist(), [1, 0, 1, 0])
        # Chance that at most r of 4 coins fall on class 0: 1, 5, 11, 15, 16 of 16.
        torch.testing.assert_close(uncertain, torch.tensor([1 / 16, 1 / 16, 5 / 16, 5 / 16]))

    def test_transport_keeps_what_is_balanced_and_moves_what_is_not(self) -> None:
        random = torch.Generator().manual_seed(0)
        balanced = torch.eye(2).repeat(8, 1)
        (target, uncertain), = transport_targets([balanced], random)
        self.assertEqual(target.tolist(), balanced.argmax(1).tolist())
        lopsided = torch.stack([torch.linspace(0.6, 0.99, 16), 1 - torch.linspace(0.6, 0.99, 16)], 1)
        (target, _), = transport_targets([lopsided], random)
        self.assertEqual(target.tolist(), [1] * 8 + [0] * 8)

    def test_uncertain_and_headless_images_teach_nothing(self) -> None:
        said = {"gender": torch.tensor([[0.0, 3.0], [3.0, 0.0], [0.0, 1.0], [0.0, 2.0]])}
        seen = torch.tensor([True, True, True, False])
        ce, keep, _ = alignment(said, seen, said, seen, ["gender"], torch.Generator())
        self.assertEqual(float(ce[3]), 0)
        self.assertEqual(float(ce[2]), 0)  # rank 1 of 3: 4 of 8 coins, as unsure as can be
        self.assertGreater(float(ce[0]), 0)
        self.assertEqual(keep.tolist(), [1, 1, 1, 1])


class Steps(unittest.TestCase):
    def test_every_step_weighs_alike_and_sign_is_kept(self) -> None:
        keep, move = torch.tensor([0.9, 0.8, 0.7]), torch.tensor([-0.1, -0.2, -0.4])
        weights = step_weights(SimpleNamespace(keep=keep, move=move))  # type: ignore[arg-type]
        direct = [0.1 * 0.8 * 0.7, 0.2 * 0.7, 0.4]
        torch.testing.assert_close(weights, torch.full((3,), -math.prod(direct) ** (1 / 3)))

    def test_for_noise_prediction_and_small_steps_it_is_the_papers_coefficient(self) -> None:
        """k = sqrt(abar) sqrt(1 - abar) / (1 - alpha), which is 1 / |dz_0 / d eps| up to a common factor."""
        abar = (1 - torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)).cumprod(0).flip(0)  # in the order of sampling
        after = torch.cat([abar[1:], torch.ones(1, dtype=torch.float64)])
        keep, move = (after / abar).sqrt(), (1 - after).sqrt() - (after / abar * (1 - abar)).sqrt()
        carried = torch.cat([keep[1:].flip(0).cumprod(0).flip(0), torch.ones(1, dtype=torch.float64)])
        ours = 1 / (move * carried).abs()
        papers = abar.sqrt() * (1 - abar).sqrt() / (1 - abar / after)
        ratio = (ours / papers)[:-20]  # the last steps are not small against 1 - abar
        self.assertLess(float(ratio.max() / ratio.min()), 1.1)
        torch.testing.assert_close(ratio[:10], torch.full((10,), 2.0, dtype=torch.float64), rtol=0.02, atol=0)


class LowRank(unittest.TestCase):
    def test_as_a_change_of_the_weight_and_through_a_file(self) -> None:
        torch.manual_seed(0)
        module = nn.Sequential(nn.Linear(6, 5), nn.Linear(5, 4))
        x, before = torch.randn(3, 6), module[0].weight.detach().clone()
        plain = module(x)
        lora = Lora(module, ("0",), rank=2, alpha=8)
        torch.testing.assert_close(module(x), plain)
        nn.init.normal_(lora.layers["0"].b)
        (a, b), = lora.pairs().values()
        changed = module[1](torch.nn.functional.linear(x, before + 8 / 2 * b @ a, module[0].base.bias))
        torch.testing.assert_close(module(x), changed)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "delta.safetensors"
            save_delta(path, {"unet": lora}, {"<fair-set>": torch.ones(2, 6)}, "{}")
            pairs, embeddings, alpha = read_delta(path)
        self.assertEqual((alpha, list(embeddings)), (8.0, ["<fair-set>"]))
        torch.testing.assert_close(pairs["unet"]["0"][1], b, rtol=1e-3, atol=1e-3)
        with self.assertRaises(ValueError):
            Lora(module, ("nothing",), 2, 2)


if __name__ == "__main__":
    unittest.main()
