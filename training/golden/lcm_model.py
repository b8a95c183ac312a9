"""Makes the UNet of a latent consistency model with random weights, which takes the guidance scale as an input, and what diffusers draws with it.

    python -m training.golden.lcm_model

Writes workers/pipeline/golden/lcm/: what differs from the folder own/ that training/golden/own_model.py makes; text comes from own/'s text encoder.
workers/pipeline/golden/lcm.json: guidance embeddings of LatentConsistencyModelPipeline and latents after its steps, computed in torch.
"""

from __future__ import annotations

import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import torch
from diffusers import LatentConsistencyModelPipeline, LCMScheduler, UNet2DConditionModel
from torch import Tensor, nn

from training import tokenizer
from training.export import write_json
from training.golden.attention_maps import cross_attentions, shrink
from training.golden.own_model import CHANNELS, OUT, PROMPTS, SCHEDULER, SEEDS, SIDE, TOKENS, UNET, WIDTH
from training.onnx_tools import session

STEPS, SCALES, GUIDANCE_WIDTH = 4, (8.5, 1.0), 8
LCM = SCHEDULER | {"_class_name": "LCMScheduler", "original_inference_steps": 50}
EMBEDDINGS = [(8.5, GUIDANCE_WIDTH), (1.0, 6), (7.5, 256), (4.0, 7)]
embed = LatentConsistencyModelPipeline.get_guidance_scale_embedding


class Guided(nn.Module):
    """sample [B, 4, h, w], timestep [1], text [B, 77, D], timestep_cond [B, 8] to out_sample, in the order of Optimum's inputs."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, text: Tensor, timestep_cond: Tensor) -> Tensor:
        return self.unet(sample, timestep, text, timestep_cond=timestep_cond, return_dict=False)[0]


def make_unet() -> UNet2DConditionModel:
    torch.manual_seed(31)
    unet = UNet2DConditionModel(**UNET, time_cond_proj_dim=GUIDANCE_WIDTH).eval()
    for p in (p for a in cross_attentions(unet) for p in a.parameters() if p.ndim == 2):
        p.data.mul_(3)
    unet.time_embedding.cond_proj.weight.data.mul_(10)  # so that the scale is seen in the picture
    return unet


def write_files(unet: UNet2DConditionModel, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "unet").mkdir(parents=True)
    write_json(folder / "model_index.json", {"_class_name": "LatentConsistencyModelPipeline"})
    (folder / "scheduler").mkdir()
    write_json(folder / "scheduler/scheduler_config.json", {k: v for k, v in LCM.items() if k != "lambda_min_clipped"})
    write_json(folder / "unet/config.json", {"_class_name": "UNet2DConditionModel", **UNET, "time_cond_proj_dim": GUIDANCE_WIDTH})
    batch = {0: "batch"}
    free = {"sample": {**batch, 2: "height", 3: "width"}, "encoder_hidden_states": {**batch, 1: "tokens"}, "timestep_cond": batch, "out_sample": batch}
    arguments = (torch.randn(2, CHANNELS, SIDE, SIDE), torch.tensor([5]), torch.randn(2, TOKENS, WIDTH), torch.randn(2, GUIDANCE_WIDTH))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(Guided(unet), arguments, folder / "unet/model.onnx", input_names=["sample", "timestep", "encoder_hidden_states", "timestep_cond"],
                          output_names=["out_sample"], opset_version=17, dynamo=False, dynamic_axes=free)
    shrink(folder / "unet/model.onnx")


def draw(unet: UNet2DConditionModel, rows: Tensor, scale: float, seed: int) -> Tensor:
    """LatentConsistencyModelPipeline's loop: one branch, guided from inside."""
    scheduler = LCMScheduler.from_config(LCM)
    scheduler.set_timesteps(STEPS)
    generator = torch.Generator().manual_seed(seed)
    latent = torch.randn(1, CHANNELS, SIDE, SIDE, generator=generator) * scheduler.init_noise_sigma
    inside = embed(None, torch.tensor([scale - 1]), GUIDANCE_WIDTH)
    for t in scheduler.timesteps:
        prediction = unet(latent, t, timestep_cond=inside, encoder_hidden_states=rows, return_dict=False)[0]
        latent = scheduler.step(prediction, t, latent, generator=generator).prev_sample
    return latent


@torch.no_grad()
def golden(unet: UNet2DConditionModel) -> dict[str, Any]:
    numbers = lambda x: [float(f"{v:.8g}") for v in x.flatten().tolist()]  # noqa: E731
    ids = torch.tensor(tokenizer.encode(tokenizer.load(OUT / "tiny/tokenizer"), PROMPTS), dtype=torch.int32)
    rows = torch.from_numpy(session(OUT / "own/text_encoder/model.onnx").run(["last_hidden_state"], {"input_ids": ids.numpy()})[0]).split(1)
    return {
        "note": "made by python -m training.golden.lcm_model in torch; arrays are row-major; prompt i runs with seed i",
        "prompts": PROMPTS, "seeds": SEEDS, "steps": STEPS, "latentShape": [CHANNELS, SIDE, SIDE],
        "embeddings": [{"scale": s, "width": w, "values": numbers(embed(None, torch.tensor([s - 1]), w, torch.float64))} for s, w in EMBEDDINGS],
        "drawn": [{"scale": s, "latents": [numbers(draw(unet, r, s, seed)) for r, seed in zip(rows, SEEDS, strict=True)]} for s in SCALES],
    }


def main() -> None:
    unet = make_unet()
    write_files(unet, OUT / "lcm")
    (OUT / "lcm.json").write_text(json.dumps(golden(unet), separators=(",", ":")) + "\n")
    print(f"UNet {(OUT / 'lcm/unet/model.onnx').stat().st_size / 1e3:.0f} kB, golden {(OUT / 'lcm.json').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
