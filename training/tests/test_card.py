import json
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from training import card, manifest, measurements
from training.tests.test_measurements import strict

FIGURES = [
    {"name": "occupation right", "value": 0.99, "n": 600, "interval": [0.98, 0.996], "target": 0.98, "ok": True},
    {"name": "glasses obeyed", "value": 0.424, "n": 1240, "interval": [0.4, 0.45], "target": 0.9, "ok": False},
    {"name": "milliseconds", "value": 900, "n": 16, "interval": [800, 1000], "target": None, "ok": True},
]
RESULTS = {"command": "npm run eval:model", "commit": "abc", "date": "2026-01-01", "machine": {"cpu": "x"}, "figures": FIGURES,
           "shares": {"doctor": {"gender": {"values": ["woman", "man"], "table": [0.15, 0.85], "counts": [30, 70]}, "age": {"values": ["old"], "table": [1], "counts": [0]}}}}
GROUP = {"n": 1554, "right": 1533}
READER = {
    "attributes": {"glasses": {"accuracy": 0.99, "byToneGroup": {"dark": GROUP, "light": {"n": 1571, "right": 1571}, "tan": {"n": 50, "right": 50}}}},
    "heads": {"byToneGroup": {"dark": {"n": 10, "found": 5}, "light": {"n": 10, "found": 10}}},
    "toneGroups": {"worse": [{"what": "glasses", "worse": "dark", "better": "light", "p": 0.00012}, {"what": "glasses", "worse": "dark", "better": "tan", "p": 0.04}, {"what": "heads", "worse": "dark", "better": "light", "p": 0.03}]},
}


class Limits(unittest.TestCase):
    def test_every_missed_target_stands_with_how_far_and_on_how_many(self) -> None:
        said = card.against_targets(RESULTS)
        self.assertEqual(said, ["Glasses obeyed: 0.424 (n = 1,240, 0.4 to 0.45), 0.476 from its target of 0.9."])

    def test_without_misses_and_without_a_measurement(self) -> None:
        self.assertEqual(card.against_targets(RESULTS | {"figures": FIGURES[:1]}), ["All 1 figures that it is held to meet their targets."])
        self.assertIn("not been measured", card.against_targets(None)[0])
        lost = {**FIGURES[1], "value": None}
        self.assertIn("could not be measured", card.missed(lost))

    def test_a_reader_that_is_worse_on_one_tone_group_is_named(self) -> None:
        said = card.limits(None, READER)
        self.assertEqual(said[-2:], [
            "Its reader is less often right about glasses on skin that is dark (98.6 % of 1,554) than on skin that is light (100.0 % of 1,571) or tan (100.0 % of 50), beyond chance.",
            "Its reader finds fewer heads on skin that is dark (50.0 % of 10) than on skin that is light (100.0 % of 10), beyond chance."])

    def test_a_variant_is_held_against_the_full_model_alone(self) -> None:
        own = {**FIGURES[1], "name": "fast: glasses obeyed"}
        worse = {**FIGURES[1], "name": "fast, worse than the full model by: glasses obeyed", "value": 0.1, "target": 0.03}
        said = card.against_targets(RESULTS | {"figures": [own, worse]})
        self.assertEqual([sentence.split(":")[0] for sentence in said], ["Fast, worse than the full model by"])
        self.assertEqual(len(card.against_targets(RESULTS | {"figures": [own]})), 1)


class Card(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = Path(folder.name)
        for module, name, value in ((measurements, "FOLDER", self.out / "measured"), (card, "RESULTS", self.out / "model.json")):
            patch = mock.patch.object(module, name, value)
            patch.start()
            self.addCleanup(patch.stop)

    def written(self) -> dict:
        card.write_card(self.out, {"clip": {"seen": 5, "retrieval": float("nan"), "geometry": {"commonShare": 0.57}}})
        return strict((self.out / "card.json").read_text())

    def test_follows_the_evaluation(self) -> None:
        (self.out / "model.json").write_text(json.dumps(RESULTS))
        measurements.keep("reader", {"measured": READER})
        made = self.written()
        self.assertEqual(made["figures"]["figures"], FIGURES)
        self.assertEqual(made["figures"]["command"], "npm run eval:model")
        doctor = made["shares"]["byOccupation"]["doctor"]
        self.assertEqual(doctor["gender"], {"n": 100, "learned": {"woman": 0.3, "man": 0.7}})
        self.assertEqual(doctor["age"], {"n": 0, "learned": {"old": None}})
        self.assertEqual(made["worldClip"], {"commonShare": 0.57})
        self.assertEqual(made["training"], {"clip": {"seen": 5, "retrieval": None}})
        self.assertIn("Glasses obeyed", " ".join(made["limits"]))
        self.assertEqual(made["reader"]["accuracy"], {"glasses": 0.99})

    def test_is_a_card_also_where_nothing_was_measured(self) -> None:
        made = self.written()
        self.assertIsNone(made["figures"])
        self.assertIsNone(made["shares"])
        self.assertEqual(made["licence"], "MIT")

    def test_takes_the_shares_of_the_old_evaluation_where_there_is_no_newer_one(self) -> None:
        row = {"n": 74, "learned": {"woman": 0.1, "man": 0.9}, "table": {}, "difference": 0}
        measurements.keep("evaluation", {"command": "python -m training.evaluate", "shares": {"doctor": {"gender": row}}})
        self.assertEqual(self.written()["shares"]["byOccupation"], {"doctor": {"gender": {"n": 74, "learned": row["learned"]}}})


    def test_the_manifest_lists_the_few_step_variant_where_its_file_lies(self) -> None:
        manifest.write_manifest(self.out)
        self.assertEqual(strict((self.out / "manifest.json").read_text())["variants"], [])
        (self.out / "unet_fast").mkdir()
        (self.out / "unet_fast/model.onnx").write_bytes(b"graph")
        measurements.keep("defaults-fast", {"steps": 3, "guidanceScale": 1})
        manifest.write_manifest(self.out)
        written = strict((self.out / "manifest.json").read_text())
        self.assertEqual(written["variants"], [{"id": "fast", "title": "Few steps", "unet": "unet_fast/model.onnx",
                                                "defaults": {"steps": 3, "guidanceScale": 1, "scheduler": "ddim"}}])
        self.assertIn("unet_fast/model.onnx", [f["path"] for f in written["files"]])


if __name__ == "__main__":
    unittest.main()
