"""The reading of latents that a denoiser is held against."""

import unittest

import torch

from training.models.linear_reading import COLUMNS, fit, labels, patches

CHANNELS = 3


def person(**values: str) -> dict[str, str | None]:
    return {"gender": "woman", "tone": "light", "age": "young", "glasses": "no", "cover": "none", "expression": "smiling"} | values


def parts_of(count: int, strength: float, seed: int = 0) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]:
    """Pictures of one person each, whose gender is a brighter upper half of the head in channel 1 and whose other attributes are always the same."""
    random = torch.Generator().manual_seed(seed)
    parts = []
    for _ in range(4):
        latent = torch.randn(count, CHANNELS, 16, 16, generator=random)
        heads = torch.zeros(count, 4, 4)
        heads[:, 0] = torch.tensor([32.0, 40.0, 48.0, 64.0]) + torch.randint(-2, 3, (count, 1), generator=random) * torch.tensor([8.0, 8.0, 0.0, 0.0])
        man = torch.rand(count, generator=random) < 0.5
        for i in range(count):
            x, y = (heads[i, 0, :2] / 8).int().tolist()
            latent[i, 1, y:y + 4, x:x + 6] += strength * (1 if man[i] else -1)
        parts.append((latent, heads, labels([person(gender="man" if m else "woman") for m in man])))
    return parts


class Patches(unittest.TestCase):
    def test_reads_between_the_centres_of_cells(self) -> None:
        """A latent that says where it is: what is found must be the place in pixels of every point of the grid."""
        centre = (torch.arange(16) + 0.5) * 8
        latent = torch.stack([centre.expand(16, 16), centre[:, None].expand(16, 16)])[None]
        heads = torch.tensor([[[20.0, 30.0, 40.0, 64.0], [60.0, 10.0, 24.0, 24.0]]])
        found = patches(latent, heads).view(2, 2, 8, 8)
        step = (torch.arange(8) + 0.5) / 8
        for p, (x, y, w, h) in enumerate(heads[0].tolist()):
            torch.testing.assert_close(found[p, 0], (x + step * w).expand(8, 8), rtol=0, atol=1e-3)
            torch.testing.assert_close(found[p, 1], (y + step * h)[:, None].expand(8, 8), rtol=0, atol=1e-3)


class Reading(unittest.TestCase):
    def test_labels_name_everybodys_values(self) -> None:
        label = labels([person(gender=None, tone="dark")])
        self.assertEqual([c for c, on in zip(COLUMNS, label[0].tolist()) if on],
                         [("gender", "androgynous"), ("tone", "dark"), ("age", "young"), ("glasses", "no"), ("cover", "none"), ("expression", "smiling")])

    def test_finds_what_tells_an_attribute_and_knows_how_well(self) -> None:
        _, clear = fit(parts_of(400, 2.0), CHANNELS)
        _, hidden = fit(parts_of(400, 0.0), CHANNELS)
        self.assertGreater(clear["gender"], 0.8)
        self.assertLess(hidden["gender"], 0.1)

    def test_a_constant_guess_costs_one_and_what_never_varies_nothing(self) -> None:
        parts = parts_of(600, 2.0)
        reading, told = fit(parts, CHANNELS)
        self.assertEqual(list(told), ["gender"])
        latent, heads, _ = parts[-1]
        self.assertAlmostEqual(float(reading.of(latent, heads)[:, 0].var(0).sum()), 1, delta=0.1)


if __name__ == "__main__":
    unittest.main()
