"""Pseudo-labels, the measuring reader in torch, what the report makes of readings, and how a whole training is collected."""

import json
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from training.onnx_tools import session
from training.variants import all as everything
from training.variants import report
from training.variants.ddm import Setting, sample
from training.variants.kmeans import agreement, two_means
from training.variants.people_reader import FILE, Folded


class PseudoLabels(unittest.TestCase):
    def test_two_clouds_are_told_apart_and_named_by_their_classes(self) -> None:
        random = torch.Generator().manual_seed(0)
        classes = torch.tensor([0] * 90 + [1] * 10)
        clouds = torch.randn(100, 5, generator=random) + 8 * classes[:, None]
        labels = two_means(clouds, clouds, classes)
        self.assertEqual(labels.tolist(), classes.tolist())
        self.assertEqual(agreement(labels, classes), {"same": 1, "second": float(torch.tensor(0.1)), "balanced": 1})

    def test_balanced_agreement_is_a_half_when_one_cluster_takes_all(self) -> None:
        self.assertEqual(agreement(torch.zeros(10, dtype=torch.long), torch.tensor([0] * 9 + [1]))["balanced"], 0.5)


class Reader(unittest.TestCase):
    def test_the_torch_reader_answers_as_the_exported_file(self) -> None:
        picture = torch.rand(2, 3, 128, 128, generator=torch.Generator().manual_seed(0))
        onnx = session(FILE)
        for ours, theirs in zip(Folded().eval()(picture), onnx.run(None, {onnx.get_inputs()[0].name: picture.numpy()}), strict=True):
            np.testing.assert_allclose(ours.detach().numpy(), theirs, atol=1e-4)


class Sampling(unittest.TestCase):
    def test_with_the_true_velocity_the_picture_comes_back(self) -> None:
        """A denoiser that knows the only picture there is: every DDIM step stays on its path. With noise left at the last step only the velocity leads there."""
        torch.manual_seed(0)
        picture, signal = torch.rand(1, 1, 1, 4, 4) * 2 - 1, torch.linspace(0.8, 0.01, 1000)

        def knowing(x: torch.Tensor, t: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            a = signal[t][..., None, None, None]
            return (a.sqrt() * x - picture) / (1 - a).sqrt()

        drawn = sample(knowing, torch.randn(1, 3, 1, 4, 4), torch.zeros(1, 3, dtype=torch.long), signal, 1.0)  # type: ignore[arg-type]
        torch.testing.assert_close(drawn, picture.expand_as(drawn), atol=1e-4, rtol=0)


def drew(minority: float, right: tuple[float, float], n: int = 1000, clear: float = 1.0) -> report.Drawn:
    """Pictures in a scattered but fixed order."""
    order = np.random.default_rng(5).permutation(n)
    return report.Drawn((order < minority * n).astype(float), np.arange(n) < clear * n,
                        np.concatenate([(np.arange(n // 2) < r * n / 2).astype(float) for r in right]), 3.0)


class Report(unittest.TestCase):
    def test_measures_of_known_shares(self) -> None:
        drawn = drew(0.1, (0.9, 0.6))
        self.assertAlmostEqual(drawn.fd(), 0.4 * 2 ** 0.5)
        self.assertAlmostEqual(drawn.spd(), 0.3)

    def test_a_change_beyond_chance_is_bold_and_none_is_not(self) -> None:
        models = {Setting("w", form, "given", alpha, seed): drew(share, (0.9, 0.9)) for seed in range(3)
                  for form, alpha, share in (("base", 0.0, 0.1), ("ddm", 0.05, 0.1), ("ddm-adv", 0.05, 0.4))}
        rows = report.rows_of(models)
        self.assertEqual([row.form for row in rows], ["base", "ddm", "ddm-adv"])
        self.assertAlmostEqual(rows[2].change, -0.3 * 2 ** 0.5)
        lines = report.table(rows, 1.0).splitlines()
        self.assertNotIn("**", lines[3])
        self.assertIn("**-0.424", lines[4])
        names = {f["name"]: f for f in report.figures_of(rows)}
        self.assertLess(names["w, ddm-adv 0.05, given labels: change of FD from base"]["interval"][1], 0)
        self.assertEqual(names["w, base 0: SPD"]["value"], 0)
        json.dumps(list(names.values()), allow_nan=False)

    def test_tables_stand_between_their_marks(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "x.md"
            path.write_text("a\n<!-- t -->\nold\n<!-- /t -->\nb\n")
            report.fill(path, "t", "new")
            report.fill(path, "t", "newer")
            self.assertEqual(path.read_text(), "a\n<!-- t -->\n\nnewer\n\n<!-- /t -->\nb\n")
            with self.assertRaises(SystemExit):
                report.fill(path, "missing", "new")


class Whole(unittest.TestCase):
    def test_chains_are_in_order_and_every_job_has_time(self) -> None:
        names = [job.name for chain in everything.CHAINS for job in chain]
        self.assertEqual(len(set(names)), len(names))
        for chain in everything.CHAINS:
            for job, after in zip(chain, chain[1:]):
                self.assertLessEqual(job.ends, after.ends)
            self.assertTrue(all(0 <= job.starts < job.ends < 1 for job in chain))

    def test_results_of_a_job_that_failed_are_collected_with_its_log(self) -> None:
        job = everything.CHAINS[0][0]
        with tempfile.TemporaryDirectory() as folder, mock.patch.object(everything, "RUNS", Path(folder)):
            runs = Path(folder) / job.runs[0]
            runs.mkdir()
            (runs / "log.csv").write_text("seen\n1\n")
            (runs / "last.pt").write_text("too large to send")
            (Path(folder) / f"{job.name}.log").write_text("Out of memory")
            everything.collect(Path(folder), job)
            with tarfile.open(Path(folder) / f"{job.name}.tar") as tar:
                self.assertEqual(sorted(tar.getnames()), [f"{job.runs[0]}/log.csv", f"{job.name}.log"])


if __name__ == "__main__":
    unittest.main()
