"""Makes a tiny random-weights pipeline of the same layout as `people`, and golden numbers for the TypeScript pipeline.

    python -m training.golden.tiny_pipeline

Writes workers/pipeline/golden/tiny/ (an ordinary diffusers folder, 64 px pictures) and workers/pipeline/golden/tiny.json:
token ids, text rows, noise of torch's CPU generator, latents after 10 steps with diffusers' own schedulers (DDIM and Euler,
guidance 3, v-prediction), and the decoded picture. The graphs are run from the written files by ONNX Runtime.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler
from torch import Tensor, nn
from torch.nn import functional as F

from training import tokenizer
from training.export import TextGraph, UnetGraph, write_json
from training.manifest import write_manifest
from training.models import schedule
from training.models.text import MAX_TOKENS, make_text_encoder
from training.models.unet import make_unet
from training.onnx_tools import export_checked, session
from training.paths import ROOT

OUT = ROOT / "workers" / "pipeline" / "golden"
WIDTH, CHANNELS, SIDE, SCALING = 32, 4, 8, 0.7
PROMPTS = ["a photo of a doctor", "two female nurses with glasses, smiling", "a zebra's naïve café 42"]
SEEDS = [0, 7, 4294967295]
STEPS, GUIDANCE = 10, 3.0
WORDS = "a an photo of doctor nurse nurses two female male with glasses smiling , person".split()


class TinyDecoder(nn.Module):
    """latent_sample [B, 4, 8, 8] to sample [B, 3, 64, 64]."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.norm, self.last = nn.Conv2d(CHANNELS, 32, 3, padding=1), nn.GroupNorm(4, 32), nn.Conv2d(32, 192, 3, padding=1)

    def forward(self, latent: Tensor) -> Tensor:
        return torch.tanh(F.pixel_shuffle(self.last(F.silu(self.norm(self.first(latent)))), 8))


def write_pipeline(folder: Path, stored: str = "int8") -> None:
    """@param stored one of onnx_tools.STORED."""
    torch.manual_seed(1)
    tokens = tokenizer.build(Counter(WORDS))
    tokenizer.save(tokens, folder / "tokenizer")
    words = sorted({w for w in WORDS if w.isalpha()})
    write_json(folder / "vocabulary.json", words)
    write_json(folder / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "scheduler": ["diffusers", "DDIMScheduler"], "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "unet": ["diffusers", "UNet2DConditionModel"], "vae": ["diffusers", "AutoencoderKL"]})
    write_json(folder / "scheduler/scheduler_config.json", {"_class_name": "DDIMScheduler", **schedule.CONFIG})
    write_json(folder / "vae_decoder/config.json", {"_class_name": "AutoencoderKL", "latent_channels": CHANNELS, "scaling_factor": SCALING, "sample_size": 64})
    size = tokens.get_vocab_size()
    config: dict[str, Any] = dict(
        sample_size=SIDE, in_channels=CHANNELS, out_channels=CHANNELS, block_out_channels=(16, 32), attention_head_dim=(2, 2), cross_attention_dim=WIDTH,
        norm_num_groups=8, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
    write_json(folder / "unet/config.json", {"_class_name": "UNet2DConditionModel", **config})
    text = make_text_encoder(size, width=WIDTH, layers=1, heads=2)
    for p in text.parameters():
        p.data.mul_(8.0 if p.ndim == 2 else 1.0)  # random rows that differ clearly between tokens
    export_checked("text_encoder", TextGraph(text), (torch.randint(0, size, (3, MAX_TOKENS)),), ["input_ids"],
                   ["last_hidden_state", "pooler_output"], folder / "text_encoder/model.onnx", stored, short=True)
    export_checked("unet", UnetGraph(make_unet(**config)), (torch.randn(3, CHANNELS, SIDE, SIDE), torch.tensor([999.0, 500.0, 3.0]), torch.randn(3, MAX_TOKENS, WIDTH)),
                   ["sample", "timestep", "encoder_hidden_states"], ["out_sample"], folder / "unet/model.onnx", stored, short=True)
    export_checked("vae_decoder", TinyDecoder(), (torch.randn(3, CHANNELS, SIDE, SIDE),), ["latent_sample"], ["sample"], folder / "vae_decoder/model.onnx", stored, short=True)
    write_manifest(folder, "tiny", "Tiny (random weights, for tests)")


def sample(unet: ort.InferenceSession, scheduler: DDIMScheduler | EulerDiscreteScheduler, noise: Tensor, rows: Tensor, empty: Tensor) -> Tensor:
    """Classifier-free guidance; one unet call a step with the unconditional half first, as StableDiffusionPipeline does."""
    scheduler.set_timesteps(STEPS)
    latent = noise * scheduler.init_noise_sigma
    context = torch.cat([empty.expand_as(rows), rows]).numpy()
    for t in scheduler.timesteps:
        model_input = scheduler.scale_model_input(latent, t)
        feeds = {"sample": torch.cat([model_input] * 2).numpy(), "timestep": np.full(len(context), float(t), np.float32), "encoder_hidden_states": context}
        without, with_ = torch.from_numpy(unet.run(None, feeds)[0]).chunk(2)
        latent = scheduler.step(without + GUIDANCE * (with_ - without), t, latent).prev_sample
    return latent


def golden(folder: Path) -> dict[str, Any]:
    numbers = lambda x: [float(f"{v:.7g}") for v in np.asarray(x).ravel()]  # noqa: E731
    tokens = tokenizer.load(folder / "tokenizer")
    text, unet, decoder = (session(folder / name / "model.onnx") for name in ("text_encoder", "unet", "vae_decoder"))
    ids = tokenizer.encode(tokens, ["", *PROMPTS])
    rows = torch.from_numpy(text.run(["last_hidden_state"], {"input_ids": np.array(ids, np.int64)})[0])
    noise = torch.cat([torch.randn(1, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(s)) for s in SEEDS])
    runs: dict[str, Any] = {}
    config = {k: v for k, v in schedule.CONFIG.items()}
    euler = EulerDiscreteScheduler.from_config(config)
    for name, scheduler in (("ddim", DDIMScheduler(**config)), ("euler", euler)):
        latent = sample(unet, scheduler, noise, rows[1:], rows[:1])
        picture = decoder.run(None, {"latent_sample": (latent / SCALING).numpy()})[0]
        runs[name] = {"timesteps": numbers(scheduler.timesteps), "latents": numbers(latent), "pictureFirstRows": numbers(picture[:, :, :4, :]),
                      "pictureMean": float(picture.mean()), "pictureStd": float(picture.std())}
    return {
        "note": "made by python -m training.golden.tiny_pipeline; arrays are row-major; prompt i runs with seed i",
        "prompts": PROMPTS, "seeds": SEEDS, "steps": STEPS, "guidanceScale": GUIDANCE, "latentShape": [len(SEEDS), CHANNELS, SIDE, SIDE],
        "ids": ids[1:], "emptyIds": ids[0], "textRowsOfPrompt0": {"tokens": 8, "width": WIDTH, "values": numbers(rows[1, :8])},
        "textRowSums": numbers(rows.sum((1, 2))), "noise": numbers(noise), **runs,
    }


def main() -> None:
    folder = OUT / "tiny"
    write_pipeline(folder)
    (OUT / "tiny.json").write_text(json.dumps(golden(folder), separators=(",", ":")) + "\n")
    total = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"tiny pipeline {total / 1e3:.0f} kB, golden {(OUT / 'tiny.json').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
