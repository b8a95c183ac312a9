"""Writes src/core/schedulers/golden/<id>.json: trajectories of diffusers. Run: python training/golden/schedulers.py"""

import itertools
import json
from pathlib import Path

import torch
from diffusers import (
    DDIMScheduler,
    DPMSolverMultistepScheduler,
    EulerAncestralDiscreteScheduler,
    EulerDiscreteScheduler,
    LCMScheduler,
    PNDMScheduler,
)

OUT = Path(__file__).resolve().parents[2] / "src/core/schedulers/golden"
SIZE = 2
PREDICTIONS = torch.randn(24, SIZE, generator=torch.Generator().manual_seed(1))
NOISE = torch.randn(SIZE, generator=torch.Generator().manual_seed(2))
GRID = {
    "prediction_type": ["epsilon", "v_prediction", "sample"],
    "timestep_spacing": ["leading", "linspace", "trailing"],
    "beta_schedule": ["linear", "scaled_linear", "squaredcos_cap_v2"],
}
STEPS = [1, 2, 4, 10, 20]
# What steps that add noise draw from, one after another.
FRESH_SEED = 3
FRESH_GENERATOR = torch.Generator().manual_seed(FRESH_SEED)
FRESH = torch.stack([torch.randn(SIZE, generator=FRESH_GENERATOR) for _ in range(24)])
CLASSES = {
    "ddim": DDIMScheduler,
    "euler": EulerDiscreteScheduler,
    "euler-ancestral": EulerAncestralDiscreteScheduler,
    "pndm": PNDMScheduler,
    "dpm-solver": DPMSolverMultistepScheduler,
    "lcm": LCMScheduler,
}
SD = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "clip_sample": False}
EXTRA = {
    DDIMScheduler: [
        ({}, 4),
        (SD | {"set_alpha_to_one": False, "steps_offset": 1, "skip_prk_steps": True}, 10),
        (SD | {"clip_sample": True, "clip_sample_range": 0.7}, 4),
        (SD | {"num_train_timesteps": 500, "timestep_spacing": "trailing"}, 7),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}, 4),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "sample"}, 4),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "leading"}, 4),
        ({"trained_betas": [0.01, 0.02, 0.05, 0.1, 0.2, 0.3], "num_train_timesteps": 6, "clip_sample": False}, 3),
    ],
    EulerAncestralDiscreteScheduler: [
        ({}, 4),
        (SD | {"steps_offset": 1, "timestep_spacing": "leading"}, 10),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}, 4),
    ],
    PNDMScheduler: [
        ({"skip_prk_steps": True}, 4),
        # Stable Diffusion 1's own.
        (SD | {"set_alpha_to_one": False, "steps_offset": 1, "skip_prk_steps": True, "trained_betas": None}, 10),
        (SD | {"set_alpha_to_one": True, "skip_prk_steps": True}, 3),
        (SD | {"num_train_timesteps": 500, "timestep_spacing": "trailing", "skip_prk_steps": True}, 7),
    ],
    DPMSolverMultistepScheduler: [
        ({}, 4),
        (SD | {"solver_order": 1}, 6),
        (SD | {"solver_type": "heun", "steps_offset": 1, "timestep_spacing": "leading"}, 10),
        (SD | {"final_sigmas_type": "sigma_min"}, 10),
        (SD | {"final_sigmas_type": "sigma_min"}, 20),
        (SD | {"final_sigmas_type": "sigma_min", "lower_order_final": False, "solver_type": "heun"}, 10),
        (SD | {"final_sigmas_type": "sigma_min", "lower_order_final": False, "euler_at_final": True}, 10),
        (SD | {"num_train_timesteps": 500, "timestep_spacing": "trailing"}, 7),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}, 4),
        ({"beta_schedule": "squaredcos_cap_v2", "timestep_spacing": "leading"}, 10),
    ],
    LCMScheduler: [
        ({}, 4),
        ({"original_inference_steps": 100, "timestep_scaling": 3.0, "set_alpha_to_one": False}, 7),
        ({"clip_sample": True, "clip_sample_range": 0.7}, 4),
        (SD | {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction"}, 4),
        (SD | {"beta_schedule": "squaredcos_cap_v2"}, 4),
    ],
    EulerDiscreteScheduler: [
        ({}, 4),
        (SD | {"steps_offset": 1, "timestep_spacing": "leading"}, 10),
        (SD | {"final_sigmas_type": "sigma_min"}, 4),
        (SD | {"num_train_timesteps": 500, "timestep_spacing": "trailing"}, 7),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "v_prediction"}, 4),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing", "prediction_type": "epsilon"}, 4),
        (SD | {"rescale_betas_zero_snr": True, "timestep_spacing": "linspace", "prediction_type": "sample"}, 4),
    ],
}


def short(values: torch.Tensor) -> list[float]:
    return [float(f"{v:.7g}") for v in values.double().flatten().tolist()]


def clean(scheduler, result) -> list[float] | None:
    """The estimate of x0; null where diffusers has none to compare with: PNDM keeps it to itself, LCM means something else by it."""
    if isinstance(scheduler, DPMSolverMultistepScheduler):
        return short(scheduler.model_outputs[-1])
    return None if isinstance(scheduler, PNDMScheduler | LCMScheduler) else short(result.pred_original_sample)


def cases_of(cls) -> list[dict]:
    full = cls in (DDIMScheduler, EulerDiscreteScheduler)
    own = {PNDMScheduler: {"skip_prk_steps": True}}.get(cls, {}) | {"clip_sample": False}
    without_sample = cls in (PNDMScheduler, EulerAncestralDiscreteScheduler)
    grid = GRID | ({} if full else {"beta_schedule": ["scaled_linear"]}) | ({"prediction_type": ["epsilon", "v_prediction"]} if without_sample else {})
    cases = [trajectory(cls, dict(zip(grid, values, strict=True)) | own, steps) for values in itertools.product(*grid.values()) for steps in STEPS]
    return cases + [trajectory(cls, config, steps) for config, steps in EXTRA[cls]]


def trajectory(cls, config: dict, steps: int) -> dict:
    scheduler = cls.from_config(config)
    scheduler.set_timesteps(steps)
    latent = NOISE * scheduler.init_noise_sigma
    generator = torch.Generator().manual_seed(FRESH_SEED)
    draws = {"generator": generator} if cls in (EulerAncestralDiscreteScheduler, LCMScheduler) else {}
    rows = []
    for i, t in enumerate(scheduler.timesteps):
        scaled = scheduler.scale_model_input(latent, t)
        result = scheduler.step(PREDICTIONS[i], t, latent, **draws)
        rows.append([short(scaled), clean(scheduler, result), short(result.prev_sample)])
        latent = result.prev_sample
    noised = scheduler.add_noise(PREDICTIONS[:1], NOISE[None], scheduler.timesteps[-1:])
    return {
        "config": config,
        "steps": steps,
        "timesteps": scheduler.timesteps.double().tolist(),
        "initNoiseSigma": float(scheduler.init_noise_sigma),
        "noised": short(noised),
        "rows": rows,
    }


def spacing_sums(cls) -> list[dict]:
    """sum of i * t_i for many step counts: a checksum of every timestep."""
    out = []
    for spacing in GRID["timestep_spacing"]:
        sums = []
        for steps in range(1, 51 if cls is LCMScheduler else 121):
            scheduler = cls(timestep_spacing=spacing, **({"skip_prk_steps": True} if cls is PNDMScheduler else {}))
            scheduler.set_timesteps(steps)
            # diffusers' trailing spacing yields one timestep too many (-1) for some counts, such as 61: a rounding slip, left out.
            due = steps + 1 if cls is PNDMScheduler and steps > 1 else steps
            timesteps = scheduler.timesteps.double().tolist()
            sums.append(sum((i + 1) * t for i, t in enumerate(timesteps)) if len(timesteps) == due else None)
        out.append({"spacing": spacing, "sums": sums})
    return out


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, cls in CLASSES.items():
        golden = {
            "predictions": PREDICTIONS.double().tolist(),
            "noise": NOISE.double().tolist(),
            "fresh": FRESH.double().tolist(),
            "cases": cases_of(cls),
            "spacings": spacing_sums(cls),
        }
        (OUT / f"{name}.json").write_text(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
