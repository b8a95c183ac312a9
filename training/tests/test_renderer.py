import json
import os
import shutil
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from training import renderer
from training.data import SIZE, Pictures


def shard(folder: Path, number: int, drawn_by: str) -> None:
    """One picture as training/render/shards.ts writes it."""
    name = f"{number:05d}"
    np.zeros((1, SIZE, SIZE, 3), np.uint8).tofile(folder / f"images-{name}.bin")
    (folder / f"records-{name}.jsonl").write_text(json.dumps({"seed": number, "caption": "a photo", "people": []}) + "\n")
    (folder / f"shard-{name}.json").write_text(json.dumps({"rendererHash": drawn_by}))


class Worlds(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        patch = mock.patch.object(renderer, "current", lambda: "new")
        patch.start()
        self.addCleanup(patch.stop)

    def test_pictures_of_todays_world_are_read(self) -> None:
        shard(self.folder, 0, "new")
        self.assertEqual((len(Pictures(self.folder)), Pictures(self.folder).renderer), (1, "new"))

    def test_pictures_of_an_older_world_are_refused_with_both_names_and_what_to_do(self) -> None:
        shard(self.folder, 0, "old")
        with self.assertRaisesRegex(SystemExit, "renderer old, and src/core/world is now new.*make it again.*EVENHAND_OLD_PICTURES=1"):
            Pictures(self.folder)
        with mock.patch.dict(os.environ, {renderer.ANYWAY: "1"}):
            self.assertEqual(Pictures(self.folder).renderer, "old")

    def test_shards_of_two_worlds_are_never_mixed(self) -> None:
        shard(self.folder, 0, "old")
        shard(self.folder, 1, "new")
        with self.assertRaisesRegex(SystemExit, "mixes pictures of different renderers"):
            Pictures(self.folder)

    def test_without_node_nothing_is_refused(self) -> None:
        shard(self.folder, 0, "old")
        with mock.patch.object(renderer, "current", lambda: None):
            self.assertEqual(len(Pictures(self.folder)), 1)


@unittest.skipUnless(shutil.which("node"), "needs Node")
class Today(unittest.TestCase):
    def test_the_world_of_today_has_a_name(self) -> None:
        self.assertRegex(renderer.current() or "", "^[0-9a-f]{8}$")


if __name__ == "__main__":
    unittest.main()
