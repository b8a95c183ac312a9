import unittest

import numpy as np

from training.measure_reader import LEVEL, calibration_error, confusion, reliability, tone_differences


class Calibration(unittest.TestCase):
    def test_bins_and_error_by_hand(self) -> None:
        # Two people at 0.9 (one right) and two at 0.6 (both right): (2 * |0.9 - 0.5| + 2 * |0.6 - 1|) / 4 = 0.4.
        chance = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [0.6, 0.4]], np.float32)
        bins = reliability(chance, np.array([0, 1, 1, 0]))
        self.assertEqual([(b["n"], b["observed"]) for b in bins], [(2, 1.0), (2, 0.5)])
        for b in bins:
            self.assertTrue(b["from"] <= b["predicted"] <= b["to"])
        self.assertAlmostEqual(calibration_error(bins), 0.4, places=6)

    def test_a_certain_reading_has_a_bin(self) -> None:
        bins = reliability(np.array([[1.0, 0.0]], np.float32), np.array([0]))
        self.assertEqual([(b["n"], round(b["to"], 6)) for b in bins], [(1, 1.0)])
        self.assertEqual(calibration_error(bins), 0)

    def test_confusion_has_true_values_in_rows(self) -> None:
        self.assertEqual(confusion(np.array([0, 0, 1]), np.array([0, 1, 1]), 2), [[1, 1], [0, 1]])


class ToneGroups(unittest.TestCase):
    def test_a_group_that_is_read_worse_does_not_pass_silently(self) -> None:
        even = {"light": (1500, 1500), "tan": (1499, 1500), "brown": (1500, 1500), "dark": (1500, 1500)}
        said = tone_differences({"age": even, "glasses": even | {"dark": (1470, 1500)}, "heads": even})
        self.assertEqual(said["comparisons"], 18)
        self.assertEqual({(d["what"], d["worse"], d["better"]) for d in said["worse"]}, {("glasses", "dark", other) for other in ("light", "tan", "brown")})
        self.assertTrue(all(d["p"] <= LEVEL for d in said["worse"]))

    def test_what_chance_brings_about_is_not_held_against_it(self) -> None:
        """The correction holds its promise: with equal truth, at most about one set in twenty names any group."""
        random = np.random.default_rng(1)
        named = 0
        for _ in range(200):
            drawn = {what: {tone: (int(random.binomial(300, 0.97)), 300) for tone in "abcd"} for what in ("x", "y")}
            named += bool(tone_differences(drawn)["worse"])
        self.assertLessEqual(named, 20)


if __name__ == "__main__":
    unittest.main()
