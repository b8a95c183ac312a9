"""Writes workers/methods/fair-diffusion/golden/sega.json: what diffusers' SemanticStableDiffusionPipeline makes of fixed predictions.

    python training/golden/sega.py

The pipeline's own loop runs; only the networks are stand-ins: the UNet answers with fixed tensors, and the scheduler keeps the guided
prediction that it is given and changes nothing.
"""

import json
from itertools import chain, repeat
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import torch
from diffusers.pipelines.deprecated.semantic_stable_diffusion import SemanticStableDiffusionPipeline
from torch import Tensor

OUT = Path(__file__).resolve().parents[2] / "workers/methods/fair-diffusion/golden/sega.json"
STEPS, CHANNELS, SIDE = 6, 2, 5
GUIDANCE = 7.0
CASES: dict[str, dict[str, Any]] = {
    "README of FairDiffusion, warm-up 2": dict(reverse=[True, False], scale=4.0, warmup=2, threshold=0.95, momentumScale=0.3, momentumBeta=0.6),
    "cool-down at 4": dict(reverse=[True, False], scale=4.0, warmup=1, cooldown=4, threshold=0.9, momentumScale=0.5, momentumBeta=0.6),
    "no momentum, no threshold": dict(reverse=[False], scale=5.0, warmup=0, threshold=0.0, momentumScale=0.0, momentumBeta=0.4),
    "three concepts with weights": dict(
        reverse=[False, True, True], weights=[1.0, 0.5, 0.25], scale=2.0, warmup=3, threshold=0.7, momentumScale=0.1, momentumBeta=0.4),
}


def answer(*values: Any, **attributes: Any) -> Mock:
    """A callable that gives these values in turn, the last one for ever."""
    return Mock(side_effect=chain(values, repeat(values[-1])), **attributes)


class Stub:
    """What the pipeline's loop asks of a pipeline. `predictions` [steps, 2 + concepts, C, H, W]: uncond, cond, concepts."""

    _execution_device = torch.device("cpu")
    vae_scale_factor, safety_checker, text_encoder = 8, None, staticmethod(lambda _: [torch.zeros(1, 1, 1)])
    image_processor = SimpleNamespace(postprocess=lambda image, **_: image)

    def __init__(self, predictions: Tensor) -> None:
        self.guided: list[Tensor] = []
        self.tokenizer = answer(SimpleNamespace(input_ids=torch.zeros(1, 1, dtype=torch.long)), model_max_length=1)
        self.unet = answer(*(SimpleNamespace(sample=p) for p in predictions), config=SimpleNamespace(in_channels=CHANNELS, sample_size=SIDE))
        self.scheduler = SimpleNamespace(
            set_timesteps=lambda *_, **__: None, timesteps=torch.arange(len(predictions)), order=1,
            scale_model_input=lambda latents, _: latents, step=self.keep)

    def keep(self, prediction: Tensor, _: Tensor, latents: Tensor) -> SimpleNamespace:
        self.guided.append(prediction[0])
        return SimpleNamespace(prev_sample=latents)

    def prepare_latents(self, *_: Any) -> Tensor:
        return torch.zeros(1, CHANNELS, SIDE, SIDE)

    def prepare_extra_step_kwargs(self, *_: Any) -> dict[str, Any]:
        return {}

    def check_inputs(self, *_: Any) -> None: ...
    def maybe_free_model_hooks(self) -> None: ...

    def progress_bar(self, steps: Tensor) -> Tensor:
        return steps

    def run_safety_checker(self, image: Tensor, *_: Any) -> tuple[Tensor, None]:
        return image, None


def guided(predictions: Tensor, case: dict[str, Any]) -> Tensor:
    pipeline = Stub(predictions)
    SemanticStableDiffusionPipeline.__call__(
        pipeline, "", num_inference_steps=len(predictions), guidance_scale=GUIDANCE, output_type="latent",
        editing_prompt=[""] * len(case["reverse"]), editing_prompt_embeddings=torch.zeros(len(case["reverse"]), 1, 1),
        reverse_editing_direction=case["reverse"], edit_guidance_scale=case["scale"], edit_warmup_steps=case["warmup"],
        edit_cooldown_steps=case.get("cooldown"), edit_threshold=case["threshold"], edit_momentum_scale=case["momentumScale"],
        edit_mom_beta=case["momentumBeta"], edit_weights=case.get("weights"))
    return torch.stack(pipeline.guided)


def main() -> None:
    generator = torch.Generator().manual_seed(20230201)
    cases = []
    for name, case in CASES.items():
        shape = (STEPS, 2 + len(case["reverse"]), CHANNELS, SIDE, SIDE)
        # Halves, so that a few neighbours tie at the percentile.
        predictions = (2 * torch.randn(shape, generator=generator)).round() / 2
        cases.append({"name": name, **case, "predictions": predictions.flatten(2).tolist(),
                      "guided": guided(predictions, case).flatten(1).tolist()})
    OUT.write_text(json.dumps({"dims": [CHANNELS, SIDE, SIDE], "guidanceScale": GUIDANCE, "cases": cases}))


if __name__ == "__main__":
    main()
