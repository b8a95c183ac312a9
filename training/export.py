"""Writes public/models/people from the newest weights: `python -m training.export` (random weights where none exist yet)."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Container
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from training import measurements, tokenizer, vocabulary, weights
from training.card import write_card
from training.manifest import FAST_UNET, write_manifest
from training.models import schedule, unet as unet_model
from training.models.reader import ATTRIBUTES, OFFSETS, Reader
from training.models.text import MAX_TOKENS, WIDTH, WorldClip
from training.models.vae import CHANNELS, Autoencoder
from training.onnx_tools import export_checked
from training.paths import MODEL


SPARE_BYTES = {"unet": 400_000, "unet_fast": 400_000}
"""By how much a file may grow to keep as fp16 what int8 hurts most. The third model's UNet: int8 alone moves its output by 7.6 % at the first step,
of which conv_out makes three quarters; with 0.4 MB so spent, by 1 %. All files together have to stay under 30 MB."""


class TextGraph(nn.Module):
    """input_ids [B, 77] to last_hidden_state [B, 77, 192] and pooler_output [B, 192]."""

    def __init__(self, text: nn.Module) -> None:
        super().__init__()
        self.text = text

    def forward(self, input_ids: Tensor) -> tuple[Tensor, Tensor]:
        out = self.text(input_ids=input_ids)
        return out.last_hidden_state, out.pooler_output


class UnetGraph(nn.Module):
    """sample [B, 24, 16, 16], timestep [B] (fp32), encoder_hidden_states [B, 77, 192] to out_sample [B, 24, 16, 16]."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, encoder_hidden_states: Tensor) -> Tensor:
        return self.unet(sample, timestep, encoder_hidden_states, return_dict=False)[0]


def loaded(stage: str, module: nn.Module) -> nn.Module:
    """`module` with the stage's newest weights, or as it is (random) when there are none."""
    found = weights.find(stage)
    if found is None:
        print(f"{stage}: no weights yet, exporting random ones")
        return module.eval()
    module.load_state_dict(found[0])
    return module.eval()


def write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(measurements.to_json(value))


def write_configs(out: Path, unet: nn.Module) -> None:
    """The small files of a diffusers pipeline folder."""
    entry = lambda library, name: [library, name]  # noqa: E731
    write_json(out / "model_index.json", {
        "_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1", "scheduler": entry("diffusers", "DDIMScheduler"),
        "text_encoder": entry("transformers", "CLIPTextModel"), "tokenizer": entry("transformers", "CLIPTokenizer"),
        "unet": entry("diffusers", "UNet2DConditionModel"), "vae": entry("diffusers", "AutoencoderKL"),
        "requires_safety_checker": False, "safety_checker": None, "feature_extractor": None})
    write_json(out / "scheduler/scheduler_config.json", {"_class_name": "DDIMScheduler", "_diffusers_version": "0.42.1", **schedule.CONFIG})
    write_json(out / "unet/config.json", {"_class_name": "UNet2DConditionModel", **unet_model.CONFIG})
    vae = {"_class_name": "AutoencoderKL", "latent_channels": CHANNELS, "scaling_factor": scaling_factor(), "sample_size": 128, "in_channels": 3, "out_channels": 3}
    write_json(out / "vae_decoder/config.json", vae)
    write_json(out / "vae_encoder/config.json", vae | {"output": "latent_mean", "deterministic": True})


def scaling_factor() -> float:
    """1 / standard deviation of all latents; measured when the data set was encoded, 1 until then."""
    found = weights.find("denoiser")
    return float(found[1].get("scaling_factor", 1.0)) if found else 1.0


def reader_json(facts: dict[str, Any]) -> dict[str, Any]:
    """The reader's contract and its measurements (placeholders until it was measured)."""
    measured = measurements.kept("reader") or {}
    return {
        "title": "People reader", "stride": 8, "input": {"size": 128, "range": "0..1", "mean": [0, 0, 0], "std": [1, 1, 1]},
        "outputs": {"heat": "logit that a head's centre is in this cell", "box": ["dx", "dy", "logw", "logh"], "attributes": "logits, concatenated; see offset"},
        "box": "centre x = (column + 0.5 + dx) * 8 px, centre y = (row + 0.5 + dy) * 8 px, width = 32 * exp(logw) px, height = 32 * exp(logh) px",
        "boxUnit": 32, "heatThreshold": measured.get("heatThreshold", 0.4), "nmsIou": measured.get("nmsIou", 0.4),
        "peaks": "a cell counts if its heat is the largest of its 3 x 3 neighbourhood and over the threshold; then boxes are thinned by nmsIou",
        "attributes": [{
            "id": a.id, "title": a.title, "values": [{"id": i, "title": t} for i, t in a.values], "offset": OFFSETS[a.id],
            "temperature": measured.get("temperature", {}).get(a.id, 1.0), "unclearBelow": measured.get("unclearBelow", {}).get(a.id, 0.7),
        } for a in ATTRIBUTES],
        "measured": measured.get("measured"), "trainedOn": facts, "licence": "MIT",
    }


def facts_of_stages() -> dict[str, dict[str, Any]]:
    """What each trained stage knows of itself: samples seen, renderer, what it measured."""
    return {stage: found[1] for stage in weights.STAGES if (found := weights.find(stage)) is not None}


def refresh(out: Path) -> None:
    """Only what depends on measurements: reader.json, card and manifest. The graphs stay as they are."""
    facts = facts_of_stages()
    write_json(out / "perception/reader.json", reader_json(facts.get("reader", {"seen": 0})))
    write_card(out, facts)
    write_manifest(out)


def write_graphs(out: Path, exact: bool = False, only: Container[str] | None = None) -> dict[str, dict[str, float | str]]:
    """Graphs with their configs and the tokenizer, each checked against torch. Weights are stored as int8, those of the autoencoder as
    fp16: int8 costs it a third of a dB, and fp16 2 MB. @param exact fp32 for all. @param only these graphs; None for every one.
    @returns what the checks measured, per graph."""
    torch.manual_seed(0)
    tokens = vocabulary.load()
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(vocabulary.FOLDER, out / "tokenizer", dirs_exist_ok=True, ignore=shutil.ignore_patterns("words.json"))
    write_json(out / "vocabulary.json", vocabulary.words())
    vae, clip = loaded("vae", Autoencoder()), loaded("clip", WorldClip(tokens.get_vocab_size()))
    unet, reader = loaded("denoiser", unet_model.make_unet()), loaded("reader", Reader())
    write_configs(out, unet)
    ids = torch.randint(0, tokens.get_vocab_size(), (3, MAX_TOKENS))
    captions = ["a photo of a doctor", "a photo of a female nurse wearing glasses", ""]
    with torch.no_grad():
        rows = clip.text(input_ids=torch.tensor(tokenizer.encode(tokens, captions, MAX_TOKENS))).last_hidden_state
    latent, picture = torch.randn(3, CHANNELS, 16, 16), torch.rand(3, 3, 128, 128)
    unet_ports = (latent, torch.tensor([999.0, 500.0, 3.0]), rows), ["sample", "timestep", "encoder_hidden_states"], ["out_sample"]
    graphs: dict[str, tuple[nn.Module, tuple[Tensor, ...], list[str], list[str], str]] = {
        "text_encoder": (TextGraph(clip.text), (ids,), ["input_ids"], ["last_hidden_state", "pooler_output"], "text_encoder/model.onnx"),
        "unet": (UnetGraph(unet), *unet_ports, "unet/model.onnx"),
        "vae_decoder": (vae.decoder, (latent,), ["latent_sample"], ["sample"], "vae_decoder/model.onnx"),
        "vae_encoder": (vae.encoder, (picture * 2 - 1,), ["sample"], ["latent_mean"], "vae_encoder/model.onnx"),
        "reader": (reader, (picture,), ["image"], ["heat", "box", "attributes"], "perception/reader.onnx"),
    }
    if weights.find("denoiser-fast") is None:
        (out / FAST_UNET).unlink(missing_ok=True)  # of an earlier model
    else:
        graphs["unet_fast"] = (UnetGraph(loaded("denoiser-fast", unet_model.make_unet())), *unet_ports, FAST_UNET)

    def written(name: str) -> dict[str, float | str]:
        module, example, inputs, outputs, path = graphs[name]
        stored = "fp32" if exact else "fp16" if name.startswith("vae") else "int8"
        return export_checked(name, module, example, inputs, outputs, out / path, stored, spare_bytes=SPARE_BYTES.get(name, 0))

    return {name: written(name) for name in graphs if only is None or name in only}


def export(out: Path, only: Container[str] | None = None) -> None:
    """The whole model folder: graphs, configs, the card and the manifest."""
    measurements.keep("export", (measurements.kept("export") or {}) | write_graphs(out, only=only))
    refresh(out)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--out", type=Path, default=MODEL)
    arguments.add_argument("--graphs", nargs="+", help="only these, unet or vae_decoder for example; the others stay as they are")
    arguments.add_argument("--configs-only", action="store_true", help="renew reader.json, the card and the manifest, not the graphs")
    options = arguments.parse_args()
    if options.configs_only:
        refresh(options.out)
    else:
        export(options.out, options.graphs)
