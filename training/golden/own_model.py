"""Makes small Stable Diffusion pipelines with random weights as users bring them, and what diffusers draws with them.

    python -m training.golden.own_model [--full FOLDER [--of sd-turbo] [--float32]]

Writes workers/pipeline/golden/own/ (diffusers' classes, Stable Diffusion 1's scheduler config; vocab and merges, no tokenizer.json; int32 ids;
int64 timestep; the UNet's weights in weights.pb) and workers/pipeline/golden/own.json: latents after 10 steps with each of diffusers' schedulers,
attention maps by hooks, and predictions with cross-attention weights edited as UCE does. Everything is computed in torch, never from ONNX.
--full writes a pipeline of Stable Diffusion 1.5's size instead (2.4 GB with its UNet in float16, 4.1 GB in float32; not committed), or of SD-Turbo's, which is Stable Diffusion 2's.
"""

from __future__ import annotations

import argparse
import json
import shutil
import warnings
from pathlib import Path
from typing import Any

import onnx
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPTextConfig, CLIPTextModel

from training import tokenizer
from training.export import write_json
from training.golden.attention_maps import cross_attentions, hooks, probabilities
from training.golden.schedulers import CLASSES
from training.paths import ROOT

OUT = ROOT / "workers" / "pipeline" / "golden"
WIDTH, CHANNELS, SIDE, TOKENS = 16, 4, 8, 77
PROMPTS = ["a photo of a doctor", "two female nurses with glasses, smiling"]
SEEDS = [3, 11]
STEPS, GUIDANCE = 10, 3.0
PROBED = [1, 5]
SCHEDULER = {
    "_class_name": "PNDMScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000,
    "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1, "trained_betas": None, "clip_sample": False, "lambda_min_clipped": float("-inf"),
}
UNET: dict[str, Any] = dict(
    sample_size=SIDE, in_channels=CHANNELS, out_channels=CHANNELS, block_out_channels=(8, 16), layers_per_block=1, attention_head_dim=2, cross_attention_dim=WIDTH,
    norm_num_groups=4, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"))
FULL: dict[str, dict[str, dict[str, Any]]] = {
    "sd15": {"unet": dict(sample_size=64, cross_attention_dim=768),
             "text": dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, num_attention_heads=12), "scheduler": {}},
    "sd-turbo": {"unet": dict(sample_size=64, cross_attention_dim=1024, attention_head_dim=(5, 10, 20, 20), use_linear_projection=True),
                 "text": dict(hidden_size=1024, intermediate_size=4096, num_hidden_layers=23, num_attention_heads=16, hidden_act="gelu"),
                 "scheduler": {"_class_name": "EulerDiscreteScheduler", "prediction_type": "epsilon", "timestep_spacing": "trailing"}},
}
"""What their publishers' configs say of the sizes; all else is diffusers' default."""


class Unet(nn.Module):
    """sample [B, 4, h, w], timestep [1], encoder_hidden_states [B, 77, D] to out_sample."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, text: Tensor) -> Tensor:
        return self.unet(sample, timestep, text, return_dict=False)[0]


class Text(nn.Module):
    def __init__(self, model: CLIPTextModel) -> None:
        super().__init__()
        self.model = model

    def forward(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        out = self.model(ids.long())
        return out.last_hidden_state, out.pooler_output


class Decoder(nn.Module):
    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, latent: Tensor) -> Tensor:
        return self.vae.decode(latent, return_dict=False)[0]


def export(module: nn.Module, arguments: tuple[Tensor, ...], path: Path, inputs: list[str], outputs: list[str], free: dict[str, dict[int, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(module.eval(), arguments, str(path), input_names=inputs, output_names=outputs, opset_version=17, dynamo=False, dynamic_axes=free)


def export_unet(unet: nn.Module, path: Path, width: int, side: int) -> None:
    kind = next(unet.parameters()).dtype
    arguments = (torch.randn(2, CHANNELS, side, side).to(kind), torch.tensor([5]), torch.randn(2, TOKENS, width).to(kind))
    export(Unet(unet), arguments, path, ["sample", "timestep", "encoder_hidden_states"], ["out_sample"],
           {"sample": {0: "batch", 2: "height", 3: "width"}, "encoder_hidden_states": {0: "batch", 1: "tokens"}, "out_sample": {0: "batch"}})


def write_pipeline(folder: Path) -> tuple[CLIPTextModel, UNet2DConditionModel, AutoencoderKL]:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tokenizer").mkdir(parents=True)
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(OUT / "tiny/tokenizer" / name, folder / "tokenizer" / name)
    write_json(folder / "model_index.json", {"_class_name": "OnnxStableDiffusionPipeline"})
    write_json(folder / "scheduler/scheduler_config.json", SCHEDULER)
    vocab = json.loads((folder / "tokenizer/vocab.json").read_text())
    torch.manual_seed(21)
    text = CLIPTextModel(CLIPTextConfig(vocab_size=len(vocab), hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
                                        max_position_embeddings=TOKENS, eos_token_id=vocab["<|endoftext|>"], attn_implementation="eager")).eval()
    for p in text.parameters():
        p.data.mul_(10.0 if p.ndim == 2 else 1.0)  # rows that differ clearly between tokens
    unet = UNet2DConditionModel(**UNET).eval()
    for p in (p for a in cross_attentions(unet) for p in a.parameters() if p.ndim == 2):
        p.data.mul_(3)
    vae = AutoencoderKL(block_out_channels=(4, 4), down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, norm_num_groups=2,
                        latent_channels=CHANNELS).eval()
    write_json(folder / "unet/config.json", {"_class_name": "UNet2DConditionModel", **UNET})
    write_json(folder / "vae_decoder/config.json", {"_class_name": "AutoencoderKL", "latent_channels": CHANNELS, "block_out_channels": [4, 4]})
    export(Text(text), (torch.zeros(1, TOKENS, dtype=torch.int32),), folder / "text_encoder/model.onnx", ["input_ids"], ["last_hidden_state", "pooler_output"],
           {"input_ids": {0: "batch", 1: "sequence"}})
    export_unet(unet, folder / "unet/model.onnx", WIDTH, SIDE)
    external(folder / "unet/model.onnx", "weights.pb")
    export(Decoder(vae), (torch.randn(1, CHANNELS, SIDE, SIDE),), folder / "vae_decoder/model.onnx", ["latent_sample"], ["sample"],
           {"latent_sample": {0: "batch", 2: "height", 3: "width"}})
    return text, unet, vae


def external(path: Path, name: str) -> None:
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location=name, size_threshold=1024)


def rows_of(text: CLIPTextModel, folder: Path, prompts: list[str]) -> Tensor:
    tokens = tokenizer.load(OUT / "tiny/tokenizer")
    return text(torch.tensor(tokenizer.encode(tokens, prompts))).last_hidden_state


def draw(unet: nn.Module, name: str, rows: Tensor, empty: Tensor, seed: int) -> Tensor:
    scheduler = CLASSES[name].from_config(SCHEDULER | {"lambda_min_clipped": float("-inf")})
    scheduler.set_timesteps(STEPS)
    generator = torch.Generator().manual_seed(seed)
    latent = torch.randn(1, CHANNELS, SIDE, SIDE, generator=generator) * scheduler.init_noise_sigma
    draws = {"generator": generator} if name in ("euler-ancestral", "lcm") else {}
    context = torch.cat([empty, rows])
    for t in scheduler.timesteps:
        without, with_ = unet(torch.cat([scheduler.scale_model_input(latent, t)] * 2), t, context, return_dict=False)[0].chunk(2)
        latent = scheduler.step(without + GUIDANCE * (with_ - without), t, latent, **draws).prev_sample
    return latent


def edited_prediction(unet: UNet2DConditionModel, sample: Tensor, rows: Tensor, matrix: Tensor) -> Tensor:
    """With W_k and W_v of every cross-attention multiplied by a matrix of the text, as closed-form edits of the weights do (UCE)."""
    kept = [(m, m.weight.data.clone()) for a in cross_attentions(unet) for m in (a.to_k, a.to_v)]
    for module, weight in kept:
        module.weight.data = weight @ matrix
    out = unet(sample, torch.tensor([501]), rows, return_dict=False)[0]
    for module, weight in kept:
        module.weight.data = weight
    return out


@torch.no_grad()
def golden(text: CLIPTextModel, unet: UNet2DConditionModel, vae: AutoencoderKL, folder: Path) -> dict[str, Any]:
    numbers = lambda x: [float(f"{v:.8g}") for v in x.flatten().tolist()]  # noqa: E731
    empty, *rows = rows_of(text, folder, ["", *PROMPTS]).split(1)
    latents = {name: [numbers(draw(unet, name, r, empty, seed)) for r, seed in zip(rows, SEEDS, strict=True)] for name in CLASSES}
    sample = torch.randn(1, CHANNELS, SIDE, SIDE, generator=torch.Generator().manual_seed(SEEDS[0]))
    maps: list[Tensor] = []

    def record(_i: int, attention: Any, given: dict[str, Tensor], _o: Tensor) -> None:
        maps.append(probabilities(attention, given["hidden_states"], given["encoder_hidden_states"]).mean(1)[..., PROBED].transpose(1, 2))

    with hooks(cross_attentions(unet), record):
        prediction = unet(sample, torch.tensor([501]), rows[0], return_dict=False)[0]
    matrix = torch.eye(WIDTH) + 0.3 * torch.randn(WIDTH, WIDTH, generator=torch.Generator().manual_seed(5))
    return {
        "note": "made by python -m training.golden.own_model in torch; arrays are row-major; prompt i runs with seed i",
        "prompts": PROMPTS, "seeds": SEEDS, "steps": STEPS, "guidanceScale": GUIDANCE, "latentShape": [CHANNELS, SIDE, SIDE],
        "rowSums": [float(r.sum()) for r in rows], "latents": latents, "timestep": 501, "probed": PROBED, "maps": [numbers(m) for m in maps],
        "prediction": numbers(prediction), "matrix": numbers(matrix), "edited": numbers(edited_prediction(unet, sample, rows[0], matrix)),
        "picture": numbers(vae.decode(sample / 0.18215, return_dict=False)[0]),
    }


def write_full(folder: Path, of: str, float32: bool) -> None:
    """Every part of a published model's size, weights of chance. The UNet in float16, or in float32 with its weights beside it."""
    torch.manual_seed(1)
    sizes = FULL[of]
    kind = torch.float32 if float32 else torch.float16
    unet = UNet2DConditionModel(**sizes["unet"]).to(kind).eval()
    export_unet(unet, folder / "unet/model.onnx", sizes["unet"]["cross_attention_dim"], SIDE)  # height and width are free; traced small, since float16 is slow on a CPU
    if float32:
        model = onnx.load(folder / "unet/model.onnx")
        for path in (folder / "unet").iterdir():
            path.unlink()
        onnx.save(model, folder / "unet/model.onnx", save_as_external_data=True, location="model.onnx_data")
    del unet
    blocks = (128, 256, 512, 512)
    vae = AutoencoderKL(block_out_channels=blocks, down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4, layers_per_block=2,
                        latent_channels=CHANNELS).eval()
    export(Decoder(vae), (torch.randn(1, CHANNELS, SIDE, SIDE),), folder / "vae_decoder/model.onnx", ["latent_sample"], ["sample"],
           {"latent_sample": {0: "batch", 2: "height", 3: "width"}})
    text = CLIPTextModel(CLIPTextConfig(vocab_size=49_408, max_position_embeddings=TOKENS, attn_implementation="eager", **sizes["text"])).eval()
    export(Text(text), (torch.zeros(1, TOKENS, dtype=torch.int32),), folder / "text_encoder/model.onnx", ["input_ids"], ["last_hidden_state", "pooler_output"],
           {"input_ids": {0: "batch", 1: "sequence"}})
    shutil.copytree(OUT / "tiny/tokenizer", folder / "tokenizer", dirs_exist_ok=True)
    write_json(folder / "model_index.json", {"_class_name": "OnnxStableDiffusionPipeline"})
    write_json(folder / "scheduler/scheduler_config.json", SCHEDULER | sizes["scheduler"])
    write_json(folder / "unet/config.json", {"_class_name": "UNet2DConditionModel", "in_channels": CHANNELS, **sizes["unet"]})
    write_json(folder / "vae_decoder/config.json", {"_class_name": "AutoencoderKL", "latent_channels": CHANNELS, "block_out_channels": list(blocks)})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", type=Path)
    parser.add_argument("--of", choices=tuple(FULL), default="sd15", help="whose sizes")
    parser.add_argument("--float32", action="store_true")
    options = parser.parse_args()
    if options.full:
        write_full(options.full, options.of, options.float32)
        return
    folder = OUT / "own"
    made = write_pipeline(folder)
    (OUT / "own.json").write_text(json.dumps(golden(*made, folder), separators=(",", ":")) + "\n")
    total = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())
    print(f"own pipeline {total / 1e3:.0f} kB, golden {(OUT / 'own.json').stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
