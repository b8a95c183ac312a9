"""How the whole training is divided among cores and stages."""

import argparse
import unittest
from unittest import mock

from training import all as everything


class Rendering(unittest.TestCase):
    def test_every_seed_once_in_whole_shards(self) -> None:
        for cores, count in ((1, 6000), (3, 80_000), (16, 120_000), (16, 2000), (5, 3000)):
            with mock.patch("os.sched_getaffinity", return_value=set(range(cores))):
                commands = everything.render("node x.mjs", "folder", count, 900_000, "--balanced")
            spans = [(int(c[c.index("--start") + 1]), int(c[c.index("--count") + 1])) for c in commands]
            self.assertLessEqual(len(commands), cores)
            self.assertEqual([start for start, _ in spans], [900_000 + sum(n for _, n in spans[:i]) for i in range(len(spans))])
            self.assertEqual(sum(n for _, n in spans), count)
            self.assertTrue(all(start % everything.SHARD == 0 for start, _ in spans))


class Budgets(unittest.TestCase):
    def minutes(self, only: list[str]) -> dict[str, float]:
        options = argparse.Namespace(only=only, minutes=10, resume_from_committed=False, facts=None)
        return {stage: float(c[c.index("--minutes") + 1]) for stage, (c, *_) in everything.commands_of(options).items() if stage in only and "--minutes" in c}

    def test_the_chosen_stages_share_all_of_the_time(self) -> None:
        self.assertEqual(self.minutes(["denoiser", "latents"]), {"denoiser": 10})
        shared = self.minutes(["vae", "decoder", "denoiser", "fast"])
        self.assertAlmostEqual(shared["decoder"] + shared["denoiser"] + shared["fast"], 10, 2)  # the decoder's includes the autoencoder's
        self.assertGreater(shared["decoder"], shared["vae"])


if __name__ == "__main__":
    unittest.main()
