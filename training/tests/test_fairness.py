"""Numbers by hand and from methods.md; the same golden values stand in src/core/metrics/measures.test.ts and floor.test.ts."""

import math
import unittest

import numpy as np

from training.variants.fairness import fd, fd_floor, frechet, spd, spd_floor, spread


class Measures(unittest.TestCase):
    def test_fd(self) -> None:
        self.assertAlmostEqual(fd([0.9, 0.1]), 0.4 * math.sqrt(2))
        self.assertAlmostEqual(fd([1, 0, 0, 0]), math.sqrt(1 - 1 / 4))  # an absent value counts
        self.assertAlmostEqual(fd([0.7, 0.3], [0.7, 0.3]), 0)
        with self.assertRaises(ValueError):
            fd([0.5, 0.5], [1 / 3] * 3)

    def test_spd_of_8_of_10_against_3_of_12(self) -> None:
        self.assertAlmostEqual(spd(8, 10, 3, 12), 0.55)
        for counts in ((1, 0, 1, 2), (3, 2, 1, 2)):
            with self.assertRaises(ValueError):
                spd(*counts)

    def test_floors(self) -> None:
        """methods.md 7.3, K = 2."""
        for n, value in ((4, 0.265), (10, 0.174), (32, 0.099), (100, 0.056), (400, 0.028), (1600, 0.014)):
            self.assertAlmostEqual(fd_floor(n), value, 3)
        random = np.random.default_rng(0)
        drawn = np.abs(random.binomial(500, 0.9, 20_000) - random.binomial(500, 0.9, 20_000)) / 500
        self.assertAlmostEqual(spd_floor(500, 0.9), float(drawn.mean()), 3)

    def test_frechet_of_normals_by_formula(self) -> None:
        """Independent features: sum of (m - n)^2 + (s - t)^2."""
        random = np.random.default_rng(1)
        a, b = random.normal(0, [1, 2], (60_000, 2)), random.normal([1, 0], [2, 2], (60_000, 2))
        self.assertAlmostEqual(frechet(a, b), 1 + 1, 1)
        self.assertAlmostEqual(frechet(a[:100], a[:100]), 0, 6)

    def test_the_interval_holds_seeds_that_differ(self) -> None:
        random = np.random.default_rng(2)
        alike = [random.binomial(1, 0.5, 400).astype(float) for _ in range(3)]
        differ = [random.binomial(1, p, 400).astype(float) for p in (0.2, 0.5, 0.8)]
        narrow, wide = (spread(seeds, np.mean, np.random.default_rng(0)) for seeds in (alike, differ))
        self.assertLess(narrow[1] - narrow[0], 0.1)
        self.assertGreater(wide[1] - wide[0], 0.3)


if __name__ == "__main__":
    unittest.main()
