import errno
import multiprocessing
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

from training import whole
from training.guarded import ended, explain, guard
from training.paths import ROOT

SPAWNING = """
import multiprocessing
from training.guarded import guard
from training.tests.test_guarded import out_of_memory

if __name__ == "__main__":
    process = multiprocessing.get_context("spawn").Process(target=guard(out_of_memory), args=("denoiser",))
    process.start()
    process.join()
    raise SystemExit(process.exitcode)
"""


def out_of_memory(_: str) -> None:
    raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nMore detail that nobody reads.")


def interrupted() -> None:
    raise KeyboardInterrupt


def mistaken() -> None:
    raise ValueError("a mistake of the program")


class Failures(unittest.TestCase):
    def test_a_card_without_memory_says_what_to_change(self) -> None:
        with self.assertRaises(SystemExit) as caught:
            guard(out_of_memory)("denoiser")
        said = str(caught.exception.code)
        for words in ("Tried to allocate 2.00 GiB", "last checkpoint is kept", "half the --batch"):
            self.assertIn(words, said)
        self.assertNotIn("nobody reads", said)

    def test_the_same_from_a_process_that_was_spawned(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "spawning.py"
            script.write_text(SPAWNING)
            result = subprocess.run([sys.executable, script], env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
        self.assertEqual(result.returncode, 1)
        self.assertIn("The graphics card ran out of memory", result.stderr)
        self.assertNotIn("Traceback", result.stderr)

    def test_torch_asking_the_machine_for_too_much(self) -> None:
        with self.assertRaises(RuntimeError) as caught:
            torch.empty(2**58, dtype=torch.uint8)
        said = explain(caught.exception)
        assert said is not None
        self.assertIn("This machine ran out of memory", said)
        self.assertIn("--workers 1", said)

    def test_a_full_disk_and_a_lost_partner(self) -> None:
        self.assertIn("The disk is full", explain(OSError(errno.ENOSPC, "No space left on device")) or "")
        lost = RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer [127.0.0.1]:1")
        self.assertIn("Another process of this training ended", explain(lost) or "")

    def test_a_stop_by_hand_and_a_mistake_of_the_program(self) -> None:
        with self.assertRaisesRegex(SystemExit, "Stopped. The last checkpoint is kept"):
            guard(interrupted)()
        with self.assertRaisesRegex(ValueError, "a mistake of the program"):
            guard(mistaken)()

    def test_how_a_process_ended(self) -> None:
        self.assertEqual(ended(3), 3)
        self.assertIn("out of memory", str(ended(-9)))
        self.assertIn("disk is full", str(ended(-7)))
        self.assertIn("SIGTERM", str(ended(-15)))

    def test_a_process_killed_from_outside_is_put_into_words(self) -> None:
        process = multiprocessing.get_context("spawn").Process(target=os._exit, args=(0,))
        process.start()
        process.kill()
        process.join()
        self.assertIn("killed from outside", str(ended(process.exitcode or 0)))


class Room(unittest.TestCase):
    def test_a_disk_with_too_little_left_is_said_beforehand(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            whole.need_room(Path(folder), 1)
            with self.assertRaisesRegex(SystemExit, "needs 1000000.0 GB, and the disk has .* GB left"):
                whole.need_room(Path(folder), 10**15)

    def test_a_file_is_whole_or_not_there(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "facts.json"
            path.write_text("before")
            with self.assertRaises(ValueError), whole.writing(path) as beside:
                beside.write_text("half")
                raise ValueError
            self.assertEqual(path.read_text(), "before")
            with mock.patch("os.replace", side_effect=OSError(errno.ENOSPC, "No space left on device")), self.assertRaisesRegex(SystemExit, "disk is full"):
                with whole.writing(path) as beside:
                    beside.write_text("after")
            self.assertEqual([p.name for p in Path(folder).iterdir()], ["facts.json"])
            with whole.writing(path) as beside:
                beside.write_text("after")
            self.assertEqual(path.read_text(), "after")


if __name__ == "__main__":
    unittest.main()
