"""Makes small LoRAs in the names of diffusers, PEFT and kohya, and what torch says the UNets give with them.

    python -m training.golden.lora

Writes workers/deltas/golden/: *.safetensors by Python's safetensors, and JSON with the predictions at strengths 0, 0.5 and 1.
`conv` and `linear` are the UNets of training.golden.attention_maps and `tiny` that of training.golden.tiny_pipeline; their files exist
already. `named` and `text` are exported as the embedded model is, int8 and with the names of their modules, and lie here too. The
predictions come from torch modules with W + strength * alpha / rank * B A, never from ONNX. `people.json` lists the modules of the embedded
model, which depend on its architecture and not on its weights.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import onnx
import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor, nn

from training import onnx_tools
from training.export import TextGraph, UnetGraph
from training.golden import attention_maps, tiny_pipeline
from training.models.text import MAX_TOKENS, make_text_encoder
from training.models.unet import make_unet
from training.onnx_tools import largest_difference, session, to_onnx
from training.paths import ROOT

OUT = ROOT / "workers" / "deltas" / "golden"
STRENGTHS = [0.0, 0.5, 1.0]
RANK, ALPHA = 4, 6.0
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0")
Lora = dict[str, tuple[Tensor, Tensor]]


def make_lora(unet: nn.Module, ends: tuple[str, ...], size: float, seed: int) -> Lora:
    """A random (A, B) for every module whose name has one of the ends; its change is about `size` of the weight."""
    generator = torch.Generator().manual_seed(seed)
    lora: Lora = {}
    for name, module in unet.named_modules():
        if not isinstance(module, (nn.Linear, nn.Conv2d)) or not name.endswith(ends):
            continue
        weight = module.weight
        a = torch.randn(RANK, *weight.shape[1:], generator=generator)
        b = torch.randn(len(weight), RANK, *[1] * (weight.ndim - 2), generator=generator)
        change = b.flatten(1) @ a.flatten(1) * ALPHA / RANK
        lora[name] = a, b * float(size * weight.detach().norm() / change.norm())
    return lora


def peft(lora: Lora) -> dict[str, Tensor]:
    return {f"unet.{m}.{end}.weight": x for m, pair in lora.items() for end, x in zip(("lora_A", "lora_B"), pair)} | {
        f"unet.{m}.alpha": torch.tensor(ALPHA) for m in lora}


def kohya(lora: Lora) -> dict[str, Tensor]:
    return {f"lora_unet_{m.replace('.', '_')}.{end}": x for m, pair in lora.items()
            for end, x in zip(("lora_down.weight", "lora_up.weight", "alpha"), (*pair, torch.tensor(ALPHA)))}


def processor(lora: Lora) -> dict[str, Tensor]:
    """As diffusers 0.14 wrote it, where alpha is the rank: here it is in B."""
    split = {m: m.removesuffix(".0").rsplit(".", 1) for m in lora}
    return {f"{split[m][0]}.processor.{split[m][1]}_lora.{end}.weight": x for m, (a, b) in lora.items()
            for end, x in (("down", a), ("up", b * (ALPHA / RANK)))}


@torch.no_grad()
def predictions(unet: nn.Module, lora: Lora, inputs: tuple[Tensor, ...], every: int) -> dict[str, list[float]]:
    modules = dict(unet.named_modules())
    kept = {name: modules[name].weight.clone() for name in lora}
    found: dict[str, list[float]] = {}
    for strength in STRENGTHS:
        add(modules, kept, lora, strength)
        found[str(strength)] = numbers(unet(*inputs, return_dict=False)[0].flatten()[::every])
    for name, weight in kept.items():
        modules[name].weight.copy_(weight)
    return found


def numbers(x: Tensor) -> list[float]:
    return [float(f"{v:.7g}") for v in x.flatten().tolist()]


def save(name: str, tensors: dict[str, Tensor]) -> None:
    save_file({k: v.contiguous() for k, v in tensors.items()}, OUT / f"{name}.safetensors", metadata={"format": "pt"})


def write(name: str, unet: nn.Module, lora: Lora, inputs: tuple[Tensor, ...], every: int = 1) -> None:
    """@param every of the predictions one number in so many is kept."""
    sample, timestep, text = inputs
    (OUT / f"{name}.json").write_text(json.dumps({
        "note": "made by python -m training.golden.lora from torch modules; arrays are row-major",
        "modules": len(lora), "rank": RANK, "alpha": ALPHA, "every": every, "sampleShape": list(sample.shape), "textShape": list(text.shape),
        "sample": numbers(sample), "timestep": numbers(timestep), "text": numbers(text), "predictions": predictions(unet, lora, inputs, every),
    }, separators=(",", ":")) + "\n")


@torch.no_grad()
def rounded(unet: nn.Module) -> None:
    """The weights as an int8 file holds them: one scale per output channel, tiny tensors as they are."""
    for module in unet.modules():
        if isinstance(module, (nn.Linear, nn.Conv2d)) and module.weight.numel() >= onnx_tools.SMALLEST:
            scale = module.weight.flatten(1).abs().amax(1).clamp_min(1e-12) / 127
            scale = scale.view(-1, *[1] * (module.weight.ndim - 1))
            module.weight.copy_((module.weight / scale).round().clamp(-127, 127) * scale)


def tiny_unet() -> UNet2DConditionModel:
    """The torch module that the tiny pipeline was exported from, rounded as its file is; checked against that file."""
    made: list[UNet2DConditionModel] = []

    def keep(**config: Any) -> UNet2DConditionModel:
        made.append(make_unet(**config))
        return made[-1]

    with tempfile.TemporaryDirectory() as folder, patch.object(tiny_pipeline, "make_unet", keep):
        tiny_pipeline.write_pipeline(Path(folder))
    rounded(made[0].eval())
    return made[0]


def write_named(name: str, graph: nn.Module, example: tuple[Tensor, ...], inputs: list[str], outputs: list[str]) -> Path:
    """Exports as training.export does, every weight of 16 numbers or more as int8, with the names of its modules."""
    with patch.object(onnx_tools, "SMALLEST", 16):
        model = onnx_tools.quantize(to_onnx(graph, example, inputs, outputs))
        rounded(graph)
    onnx.save(model, OUT / f"{name}.onnx")
    return OUT / f"{name}.onnx"


TOKEN = "<fair-person>"
INITIAL = [5, 9]
"""Ids of the initializer's words."""


@torch.no_grad()
def write_text() -> None:
    """A text encoder with a LoRA and a learned token of two vectors, as one file."""
    torch.manual_seed(16)
    size, width = 40, 16
    text = make_text_encoder(size, width=width, layers=1, heads=2).eval()
    for p in text.parameters():
        p.mul_(8.0 if p.ndim == 2 else 1.0)
    ids = torch.randint(0, size - 2, (2, MAX_TOKENS))
    path = write_named("text", TextGraph(text), (ids,), ["input_ids"], ["last_hidden_state", "pooler_output"])
    lora = make_lora(text, ("q_proj", "v_proj", "fc1"), 0.3, 17)
    learned = torch.randn(2, width)
    save("text-delta", {k.replace("unet.", "text_encoder.", 1): v for k, v in peft(lora).items()} | {TOKEN: learned})
    known = text.embeddings.token_embedding.weight.clone()
    check("text", text, path, (ids,))
    ids[:, 3:5] = torch.tensor([size, size + 1])
    modules = dict(text.named_modules())
    kept = {name: modules[name].weight.clone() for name in lora}
    found: dict[str, list[float]] = {}
    for strength in STRENGTHS:
        add(modules, kept, lora, strength)
        start = known[INITIAL].mean(0)
        text.embeddings.token_embedding.weight = nn.Parameter(torch.cat([known, start + strength * (learned - start)]))
        found[str(strength)] = numbers(text(input_ids=ids).last_hidden_state.flatten()[::8])
    (OUT / "text.json").write_text(json.dumps({
        "note": "made by python -m training.golden.lora from torch modules; arrays are row-major", "modules": len(lora), "every": 8, "token": TOKEN,
        "initial": INITIAL, "knownTokens": size, "ids": ids.flatten().tolist(), "idsShape": list(ids.shape), "rows": found,
    }, separators=(",", ":")) + "\n")


def write_modules() -> None:
    """What a delta for the embedded model may name, and the shape of each weight."""
    shapes = lambda module: {n: list(m.weight.shape) for n, m in module.named_modules() if isinstance(m, (nn.Linear, nn.Conv2d))}  # noqa: E731
    (OUT / "people.json").write_text(json.dumps({"unet": shapes(make_unet()), "text_encoder": shapes(make_text_encoder(100))}, separators=(",", ":")) + "\n")


@torch.no_grad()
def add(modules: dict[str, nn.Module], kept: dict[str, Tensor], lora: Lora, strength: float) -> None:
    for name, (a, b) in lora.items():
        change = (b.double().flatten(1) @ a.double().flatten(1)).view(kept[name].shape)
        modules[name].weight.copy_((kept[name].double() + strength * ALPHA / RANK * change).float())


def check(name: str, unet: nn.Module, path: Path, inputs: tuple[Tensor, ...]) -> None:
    with torch.no_grad():
        expected = unet(*inputs, return_dict=False)[0].numpy()
    file = session(path)
    feeds = {slot.name: x.numpy() for slot, x in zip(file.get_inputs(), inputs)}
    worst = largest_difference(file.run(None, feeds)[:1], [expected])
    print(f"{name}: torch vs its file {worst:.1e}")
    if worst > 1e-4:
        raise RuntimeError(f"{name}: the torch module is not the one in {path}.")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name, ends in (("conv", ATTENTION), ("linear", ATTENTION)):
        unet = attention_maps.make_unet(name)
        lora = make_lora(unet, ends, 0.3, 11)
        save(f"{name}-peft", peft(lora))
        if name == "conv":
            save("conv-kohya", kohya(lora))
            save("conv-processor", processor(lora))
            save("conv-bf16", {k: v.bfloat16() for k, v in peft(lora).items()})
            save("conv-f16", {k: v.half() for k, v in peft(lora).items()})
        write(name, unet, lora, attention_maps.examples())

    torch.manual_seed(12)
    tiny = tiny_unet()
    inputs = torch.randn(2, 4, 8, 8), torch.tensor([801.0, 3.0]), torch.randn(2, MAX_TOKENS, tiny_pipeline.WIDTH)
    check("tiny", tiny, tiny_pipeline.OUT / "tiny/unet/model.onnx", inputs)
    lora = make_lora(tiny, ATTENTION, 0.3, 13)
    save("tiny-peft", peft(lora))
    write("tiny", tiny, lora, inputs)

    named = attention_maps.make_unet("conv")
    example = attention_maps.examples()
    path = write_named("named", UnetGraph(named), example, attention_maps.INPUTS, ["out_sample"])
    check("named", named, path, example)
    lora = make_lora(named, ("attn2.to_k", "mid_block.resnets.0.conv1", "proj_in", "ff.net.2", "time_emb_proj", "conv_in"), 0.3, 15)
    save("named-peft", {k: v.half() for k, v in peft(lora).items()})
    write("named", named, {m: (a.half().float(), b.half().float()) for m, (a, b) in lora.items()}, example)

    write_text()
    write_modules()
    for path in sorted(OUT.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
