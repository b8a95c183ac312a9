import multiprocessing
import os
import random
import tempfile
import time
import unittest
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from unittest import mock

import torch

from training import checkpoint, renderer

def save_for_ever(path: Path, reported: Synchronized) -> None:
    """Says how far it got only once that is saved. Small tensors, which torch fills without threads: a fork has none."""
    seen = reported.value
    while True:
        seen += 1
        checkpoint.save(path, {"weights": [torch.full((20_000,), float(seen)) for _ in range(15)], "facts": {"seen": seen}})
        reported.value = seen


def state(seen: int, drawn_by: str = "aaaa") -> dict:
    return {"weights": torch.full((1000,), float(seen)), "facts": {"seen": seen, "renderer": drawn_by}}


class Checkpoints(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "stage" / "last.pt"

    def seen(self) -> int:
        loaded = checkpoint.load(self.path)
        assert loaded is not None
        return loaded["facts"]["seen"]

    def test_the_newest_counts_and_the_one_before_is_kept(self) -> None:
        self.assertIsNone(checkpoint.load(self.path))
        for seen in (1, 2):
            checkpoint.save(self.path, state(seen))
        self.assertEqual(self.seen(), 2)
        self.path.write_bytes(self.path.read_bytes()[:100])
        self.assertEqual(self.seen(), 1)

    def test_a_process_killed_at_any_moment_leaves_a_whole_checkpoint_no_older_than_the_last_it_reported(self) -> None:
        moments, context = random.Random(0), multiprocessing.get_context("fork")
        reported = context.Value("i", 0)
        for _ in range(15):
            before = reported.value
            process = context.Process(target=save_for_ever, args=(self.path, reported))
            process.start()
            while reported.value == before and process.is_alive():
                time.sleep(0.001)
            time.sleep(moments.random() * 0.03)
            process.kill()
            process.join()
            loaded = checkpoint.load(self.path)
            assert loaded is not None
            self.assertGreaterEqual(loaded["facts"]["seen"], reported.value)
            for part in loaded["weights"]:
                self.assertTrue(bool((part == loaded["facts"]["seen"]).all()))

    def test_a_full_disk_is_said_and_costs_nothing(self) -> None:
        checkpoint.save(self.path, state(1))
        checkpoint.save(self.path, state(2))
        os.symlink("/dev/full", self.path.with_name("last.pt.tmp"))  # a file on which every write fails for want of space
        with self.assertRaisesRegex(SystemExit, "disk is full.*last.pt was not renewed.*is kept"):
            checkpoint.save(self.path, state(3))
        self.assertEqual(self.seen(), 2)
        checkpoint.save(self.path, state(3))
        self.assertEqual(self.seen(), 3)

    def test_one_that_learnt_from_another_world_is_refused_by_name(self) -> None:
        checkpoint.save(self.path, state(1, "aaaa"))
        self.assertIsNotNone(checkpoint.load(self.path, "aaaa"))
        with self.assertRaisesRegex(SystemExit, "last.pt learnt from pictures of the renderer aaaa, and those at hand are of bbbb"):
            checkpoint.load(self.path, "bbbb")
        with mock.patch.dict(os.environ, {renderer.ANYWAY: "1"}):
            self.assertIsNotNone(checkpoint.load(self.path, "bbbb"))


if __name__ == "__main__":
    unittest.main()
