"""Writes src/core/schedulers/golden/{ddim,euler}.json: trajectories of diffusers. Run: python training/golden/schedulers.py"""

import itertools
import json
from pathlib import Path

import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler

OUT = Path(__file__).resolve().parents[2] / "src/core/schedulers/golden"
SIZE = 2
PREDICTIONS = torch.randn(20, SIZE, generator=torch.Generator().manual_seed(1))
NOISE = torch.randn(SIZE, generator=torch.Generator().manual_seed(2))
GRID = {
    "prediction_type": ["epsilon", "v_prediction", "sample"],
    "timestep_spacing": ["leading", "linspace", "trailing"],
    "beta_schedule": ["linear", "scaled_linear", "squaredcos_cap_v2"],
}
STEPS = [1, 2, 4, 10, 20]
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


def trajectory(cls, config: dict, steps: int) -> dict:
    scheduler = cls.from_config(config)
    scheduler.set_timesteps(steps)
    latent = NOISE * scheduler.init_noise_sigma
    rows = []
    for i, t in enumerate(scheduler.timesteps):
        scaled = scheduler.scale_model_input(latent, t)
        result = scheduler.step(PREDICTIONS[i], t, latent)
        rows.append([short(scaled), short(result.pred_original_sample), short(result.prev_sample)])
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
        for steps in range(1, 121):
            scheduler = cls(timestep_spacing=spacing)
            scheduler.set_timesteps(steps)
            # diffusers' trailing spacing yields one timestep too many (-1) for some counts, such as 61: a rounding slip.
            timesteps = scheduler.timesteps.double().tolist()[:steps]
            sums.append(sum((i + 1) * t for i, t in enumerate(timesteps)))
        out.append({"spacing": spacing, "sums": sums})
    return out


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, cls in {"ddim": DDIMScheduler, "euler": EulerDiscreteScheduler}.items():
        cases = [
            trajectory(cls, dict(zip(GRID, values, strict=True)) | {"clip_sample": False}, steps)
            for values in itertools.product(*GRID.values())
            for steps in STEPS
        ]
        cases += [trajectory(cls, config, steps) for config, steps in EXTRA[cls]]
        golden = {
            "predictions": PREDICTIONS.double().tolist(),
            "noise": NOISE.double().tolist(),
            "cases": cases,
            "spacings": spacing_sums(cls),
        }
        (OUT / f"{name}.json").write_text(json.dumps(golden, separators=(",", ":")))


if __name__ == "__main__":
    main()
