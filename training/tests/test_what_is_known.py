"""What a denoiser leaves unused, told of guesses whose faults are known."""

import unittest

import torch

from training.what_is_known import knowledge


class Known(unittest.TestCase):
    """Pictures of three people who share a value and have one of their own, each seen through noise; the last place is empty."""

    def setUp(self) -> None:
        torch.manual_seed(0)
        pictures, noise = 60_000, 2.0
        self.truth = torch.randn(pictures, 1, 1) + torch.randn(pictures, 4, 1)
        self.seen = self.truth + noise * torch.randn(pictures, 4, 1)
        self.there = torch.tensor([True, True, True, False]).expand(pictures, 4)
        covariance = torch.ones(3, 3) + torch.eye(3)
        self.best = torch.cat([(self.seen[:, :3, 0] @ torch.linalg.solve(covariance + noise**2 * torch.eye(3), covariance))[..., None], torch.full((pictures, 1, 1), 9.0)], 1)

    def test_the_posterior_mean_leaves_nothing(self) -> None:
        known = knowledge(self.best, self.truth, self.seen, self.there)
        self.assertAlmostEqual(known.off[0], 0, delta=0.01)
        self.assertAlmostEqual(known.own, 1, delta=0.02)
        self.assertAlmostEqual(known.others, 1, delta=0.04)

    def test_a_constant_guess_uses_nothing_and_may_be_off(self) -> None:
        known = knowledge(torch.full_like(self.truth, 2**0.5), self.truth, self.seen, self.there)
        self.assertAlmostEqual(known.unknown, 2, delta=0.05)
        self.assertAlmostEqual(known.off[0], 1, delta=0.02)
        self.assertAlmostEqual(known.own, 0, delta=0.03)
        self.assertAlmostEqual(known.others, 0, delta=0.05)

    def test_looking_at_everybody_alone_leaves_the_others_unused(self) -> None:
        known = knowledge(self.seen * 2 / 6, self.truth, self.seen, self.there)
        self.assertAlmostEqual(known.own, 1, delta=0.02)
        self.assertAlmostEqual(known.others, 1 / 3, delta=0.04)
        self.assertGreater(known.unknown, knowledge(self.best, self.truth, self.seen, self.there).unknown)


if __name__ == "__main__":
    unittest.main()
