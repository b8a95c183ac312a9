"""What is read off a face, and how far latents spread."""

from __future__ import annotations

import unittest

import numpy as np
import torch

from training.models.schedule import make_scheduler
from training.skin_colours import HEAD, brightness, by_ddim, by_larger_guesses, spread


class Brightness(unittest.TestCase):
    def test_is_the_luma_of_most_of_the_patch(self) -> None:
        picture = torch.zeros(3, 128, 128)
        colour = torch.tensor([246, 237, 228]) / 255  # Monk 1
        picture[:, 40:90, 40:90] = colour[:, None, None]
        picture[:, 66, :] = 0  # one dark line across it
        box = np.array([35, 35, 60, 60], np.float32)
        self.assertAlmostEqual(brightness(picture, box), 0.299 * 246 + 0.587 * 237 + 0.114 * 228, places=3)

    def test_does_not_see_what_is_outside_the_face(self) -> None:
        picture = torch.full((3, 128, 128), 0.5)
        box = np.array([35, 35, 60, 60], np.float32)
        before = brightness(picture, box)
        picture[:, :60] = 1
        picture[:, 75:] = 0
        self.assertEqual(brightness(picture, box), before)


class Spread(unittest.TestCase):
    def test_is_1_for_the_world_and_counts_variance(self) -> None:
        world = torch.randn(200, 24, 16, 16, generator=torch.Generator().manual_seed(1))
        self.assertEqual(spread(world, world), {"all": 1.0, "heads": 1.0})
        drawn = spread(0.9 * world + 3, world)
        self.assertAlmostEqual(drawn["all"], 0.81, places=4)
        self.assertAlmostEqual(drawn["heads"], 0.81, places=4)

    def test_tells_heads_from_the_rest(self) -> None:
        world = torch.randn(200, 24, 16, 16, generator=torch.Generator().manual_seed(1))
        drawn = world.clone()
        drawn[:, :, HEAD, HEAD] = 0
        found = spread(drawn, world)
        self.assertEqual(found["heads"], 0)
        self.assertAlmostEqual(found["all"], 1 - 16 / 256, places=2)


class Draws(unittest.TestCase):
    class Halving:
        """A stand-in for the denoiser that guesses half of what it sees."""

        empty = torch.zeros(1, 77, 192)

        def denoise(self, x: torch.Tensor, t: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
            a = make_scheduler().alphas_cumprod[t.long()][:, None, None, None]
            return (a.sqrt() * x - 0.5 * x) / (1 - a).sqrt()

    def test_larger_guesses_are_ddim_with_another_guess(self) -> None:
        noise, rows, drawer = torch.randn(2, 24, 16, 16), torch.zeros(2, 77, 192), self.Halving()
        plain, same, larger = (draw(drawer, noise, rows) for draw in (by_ddim(4, 1), by_larger_guesses(4, 1.0), by_larger_guesses(4, 1.2)))
        torch.testing.assert_close(same, plain)
        self.assertGreater(float(larger.norm() / plain.norm()), 1.05)


if __name__ == "__main__":
    unittest.main()
