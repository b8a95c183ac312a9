import unittest

from training.proportions import fisher, holm


class TwoShares(unittest.TestCase):
    def test_published_tables(self) -> None:
        # Fisher's lady tasting tea: 3 of 4 against 1 of 4. scipy.stats.fisher_exact's own example: [[8, 2], [1, 5]].
        self.assertAlmostEqual(fisher(3, 4, 1, 4), 0.4857142857)
        self.assertAlmostEqual(fisher(8, 10, 1, 6), 0.0349650350)

    def test_equal_groups_and_unequal_ones(self) -> None:
        self.assertEqual(fisher(1500, 1500, 1500, 1500), 1)
        self.assertAlmostEqual(fisher(990, 1000, 990, 1000), 1)
        self.assertLess(fisher(1500, 1500, 1480, 1500), 1e-5)
        self.assertAlmostEqual(fisher(95, 100, 80, 90), fisher(80, 90, 95, 100))
        self.assertAlmostEqual(fisher(95, 100, 80, 90), fisher(5, 100, 10, 90))

    def test_no_counts_are_refused(self) -> None:
        for counts in ((5, 4, 0, 4), (-1, 4, 0, 4)):
            with self.assertRaises(ValueError):
                fisher(*counts)

    def test_holm_by_hand(self) -> None:
        self.assertEqual([round(p, 6) for p in holm([0.01, 0.04, 0.03])], [0.03, 0.06, 0.06])
        self.assertEqual(holm([0.9, 0.8]), [1.0, 1.0])
        self.assertEqual(holm([]), [])


if __name__ == "__main__":
    unittest.main()
