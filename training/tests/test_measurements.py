import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np

from training import measurements


def strict(text: str) -> object:
    """As a browser reads it: NaN and Infinity are no JSON."""
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")
    return json.loads(text, parse_constant=refuse)


class Kept(unittest.TestCase):
    def test_what_is_no_number_is_written_as_null(self) -> None:
        bad = {"a": float("nan"), "b": [1.5, float("inf"), {"c": (-float("inf"), np.float64("nan"), "x", None, True, 3)}]}
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(measurements, "FOLDER", Path(folder)):
            measurements.keep("bad", bad)
            self.assertEqual(strict((Path(folder) / "bad.json").read_text()), {"a": None, "b": [1.5, None, {"c": [None, None, "x", None, True, 3]}]})
            (Path(folder) / "old.json").write_text('{"value": NaN}')
            self.assertEqual(measurements.kept("old"), {"value": None})
            self.assertIsNone(measurements.kept("never"))

    def test_every_file_that_the_page_reads_is_json(self) -> None:
        files = [*measurements.FOLDER.glob("*.json"), *(measurements.FOLDER.parents[2] / "public/models/people").rglob("*.json")]
        self.assertGreater(len(files), 10)
        for path in files:
            strict(path.read_text())


if __name__ == "__main__":
    unittest.main()
