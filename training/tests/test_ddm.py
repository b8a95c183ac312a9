"""DDM's loss: which way each form moves the denoiser, what alpha 0 leaves alone, and that a stack of models is nothing but its models."""

import copy
import unittest

import torch
from torch import Tensor

from training.models.residual import Residual
from training.models.stacked import single
from training.device import device
from training.variants.components import Components
from training.variants.ddm import Data, Indicator, Setting, Sweep, settings_of, terms_of



def error(eps: Tensor, noise: Tensor) -> Tensor:
    """Per model."""
    return (eps - noise).square().flatten(1).mean(1)


def moved(alpha: float, adversarial: bool, rate: float = 1e-2) -> tuple[float, float]:
    """How cross-entropy and entropy of an indicator that stays as it is change when the predicted noise alone follows the loss down."""
    torch.manual_seed(3)
    indicator = Indicator(1, 12, wide=16)
    eps, labels = torch.randn(1, 64, 3, 2, 2), torch.randint(2, (1, 64))
    for _ in range(200):  # teach the indicator something to hold on to
        terms = terms_of(torch.zeros(1), eps, indicator, labels, torch.ones(1), torch.zeros(1, dtype=torch.bool))
        gradients = torch.autograd.grad(terms.ce.sum(), list(indicator.parameters()))
        with torch.no_grad():
            for p, g in zip(indicator.parameters(), gradients):
                p -= 0.3 * g
    free = eps.clone().requires_grad_()
    before = terms_of(error(free, eps), free, indicator, labels, torch.tensor([alpha]), torch.tensor([adversarial]))
    gradient = torch.autograd.grad(before.total.sum(), free)[0]
    then = free.detach() - rate * gradient / (gradient.norm() + 1e-12)
    after = terms_of(error(then, eps), then, indicator, labels, torch.tensor([alpha]), torch.tensor([adversarial]))
    return float((after.ce - before.ce).detach()), float((after.entropy - before.entropy).detach())


class Signs(unittest.TestCase):
    def test_the_faithful_form_makes_groups_separable(self) -> None:
        ce, _ = moved(0.2, adversarial=False)
        self.assertLess(ce, -1e-6)

    def test_the_adversarial_form_makes_the_indicator_unsure(self) -> None:
        _, entropy = moved(0.2, adversarial=True)
        self.assertGreater(entropy, 1e-6)

    def test_alpha_0_leaves_the_squared_error_alone(self) -> None:
        for adversarial in (False, True):
            self.assertEqual(moved(0.0, adversarial), (0.0, 0.0))

    def test_in_both_forms_the_indicator_minimises_cross_entropy(self) -> None:
        torch.manual_seed(0)
        eps, labels = torch.randn(2, 16, 12), torch.randint(2, (2, 16))
        indicator = Indicator(2, 12, wide=16)
        terms = terms_of(error(eps, 0 * eps), eps.requires_grad_(), indicator, labels, torch.full((2,), 0.3), torch.tensor([False, True]))
        weights = list(indicator.parameters())
        given = torch.autograd.grad(terms.total.sum(), weights, retain_graph=True)
        wanted = torch.autograd.grad(0.3 * terms.ce.sum(), weights)
        for a, b in zip(given, wanted):
            torch.testing.assert_close(a, b)

    def test_the_faithful_form_is_the_joint_loss_of_the_official_code(self) -> None:
        """(1 - alpha) MSE + alpha CE differentiated once through denoiser and indicator together."""
        torch.manual_seed(1)
        eps, noise, labels = torch.randn(1, 16, 12, requires_grad=True), torch.randn(1, 16, 12), torch.randint(2, (1, 16))
        indicator = Indicator(1, 12, wide=16)
        joint = 0.95 * (eps - noise).square().mean() + 0.05 * torch.nn.functional.cross_entropy(indicator(eps)[0], labels[0])
        ours = terms_of(error(eps, noise), eps, indicator, labels, torch.tensor([0.05]), torch.tensor([False])).total.sum()
        everything = [eps, *indicator.parameters()]
        for a, b in zip(torch.autograd.grad(ours, everything), torch.autograd.grad(joint, everything)):
            torch.testing.assert_close(a, b)


class Stacks(unittest.TestCase):
    def test_a_model_of_a_stack_draws_as_it_would_alone(self) -> None:
        torch.manual_seed(0)
        stack = Residual(3, 128, width=16)
        for p in stack.parameters():
            p.data.normal_(0, 0.3)
        x, t, y = torch.randn(3, 4, 2, 8, 8), torch.randint(1000, (3, 4)), torch.randint(3, (3, 4))
        together = stack(x, t, y)
        self.assertGreater(float((stack(x, t, (y + 1) % 3) - together).abs().max().detach()), 0.01)
        for k in range(3):
            alone = Residual(1, 128, width=16)
            alone.load_state_dict(single(stack, k))
            torch.testing.assert_close(alone(x[k:k + 1], t[k:k + 1], y[k:k + 1])[0], together[k], rtol=1e-4, atol=1e-5)

    def test_components_keep_what_they_can_and_have_unit_variance_together(self) -> None:
        torch.manual_seed(0)
        plane = torch.randn(200, 3) @ torch.randn(3, 32) + 5
        pictures = plane.view(200, 2, 4, 4)
        components = Components.of(pictures, 3)
        told = components.told(pictures)
        self.assertEqual(tuple(told.shape), (200, 3, 1, 1))
        torch.testing.assert_close(components.shown(told), pictures, rtol=1e-4, atol=1e-4)
        self.assertAlmostEqual(float(told.square().mean()), 1, places=4)
        noisy = pictures + 0.01 * torch.randn_like(pictures)
        self.assertLess(float((components.shown(components.told(noisy)) - pictures).square().mean()), 1e-4 * 4 / 32)

    def test_every_setting_once(self) -> None:
        settings = settings_of(["a", "b"])
        self.assertEqual(len(settings), 2 * 3 * (1 + 2 * 2 * 4))
        self.assertEqual(len(set(settings)), len(settings))
        self.assertIn(Setting("b", "ddm-adv", "pseudo", 0.2, 2), settings)


def two_worlds() -> Data:
    """Pictures of one colour, by which a test knows them: 0.1 for the first class of world a, 0.2 for its second, 0.3 and 0.4 of world b."""
    colours = torch.tensor([0.1] * 45 + [0.2] * 5 + [0.3] * 45 + [0.4] * 5)
    rows = torch.arange(100, device=device())
    return Data(lambda models, dtype: Residual(models, 128, 8, dtype=dtype), colours[:, None, None, None].expand(-1, 2, 8, 8).clone().to(device()), {"a": (rows[:45], rows[45:50]), "b": (rows[50:95], rows[95:])},
                {w: torch.ones(100, dtype=torch.long, device=device()) for w in "ab"}, {}, 1.0)


class Sweeps(unittest.TestCase):
    def test_a_setting_learns_the_same_beside_others_as_alone(self) -> None:
        settings = settings_of(["a"], 1, (0.05,))
        alone, together = (Sweep(two_worlds(), some, 1e-3, 4, torch.float32) for some in ([settings[0]], settings))
        for _ in range(3):
            alone.step(1e-3)
            together.step(1e-3)
        for p, q in zip(alone.denoiser.parameters(), together.denoiser.parameters()):
            torch.testing.assert_close(p[0], q[0], rtol=1e-3, atol=1e-5)
        self.assertGreater(float((together.indicator.layers[2].b[0] - together.indicator.layers[2].b[1]).abs().max().detach()), 0)

    def test_every_model_sees_its_worlds_pictures_nine_to_one_with_their_own_labels(self) -> None:
        data = two_worlds()
        sweep = Sweep(data, settings_of(["a", "b"], 3, (0.05,)), 1e-3, 4, torch.float32)
        for k, setting in enumerate(sweep.settings):
            colours = data.pictures[sweep.rows[sweep.group[k]], 0, 0, 0].cpu()
            first, second = (0.1, 0.2) if setting.world == "a" else (0.3, 0.4)
            self.assertAlmostEqual(float((colours == torch.tensor(first)).float().mean()), 0.9, 5)
            self.assertAlmostEqual(float((colours == torch.tensor(second)).float().mean()), 0.1, 5)
            given = (colours == torch.tensor(second)).long()
            self.assertEqual(sweep.labels[k].tolist(), (torch.ones(50, dtype=torch.long) if setting.labels == "pseudo" else given).tolist())
        self.assertEqual(sweep.step(1e-3).mse.shape, (len(sweep.settings),))

    def test_goes_on_where_it_was_saved_and_refuses_what_is_another(self) -> None:
        settings = settings_of(["a"], 1, (0.05,))
        whole, resumed = (Sweep(two_worlds(), settings, 1e-3, 4, torch.float32) for _ in range(2))
        whole.step(1e-3)
        state = copy.deepcopy(whole.state())
        whole.step(1e-3)
        resumed.restore(state)
        resumed.step(1e-3)
        for p, q in zip(whole.denoiser.parameters(), resumed.denoiser.parameters()):
            torch.testing.assert_close(p, q)
        for other in (state | {"components": 64}, state | {"settings": state["settings"][1:]}):
            with self.assertRaisesRegex(SystemExit, "other settings"):
                resumed.restore(other)


if __name__ == "__main__":
    unittest.main()
