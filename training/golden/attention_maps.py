"""Makes small random UNets in every export that the instrumenter must read, and what torch hooks say about them.

    python -m training.golden.attention_maps

Writes workers/onnx/golden/*.onnx and workers/onnx/golden/{conv,linear}.json. Two UNets of diffusers: `conv` (Stable Diffusion 1's
projections, 2 and 4 heads) and `linear` (Stable Diffusion 2's linear projections, 1 and 2 heads, two transformer blocks in each).
Pictures are not square, so that height and width cannot be mistaken. The numbers come from hooks on the torch modules, never from ONNX.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator

import onnx
import torch
from diffusers import UNet2DConditionModel, UNet2DModel
from diffusers.models.attention_processor import Attention, AttnProcessor, AttnProcessor2_0, FusedAttnProcessor2_0
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import MODEL_TYPES, optimize_model
from torch import Tensor, nn

from training.onnx_tools import short_names
from training.paths import ROOT

OUT = ROOT / "workers" / "onnx" / "golden"
HEIGHT, WIDTH, CHANNELS, TOKENS, TEXT = 8, 12, 4, 7, 12
PROBED = [1, 4]
DIRECTIONS = 2
INPUTS = ["sample", "timestep", "encoder_hidden_states"]
CONFIGS: dict[str, dict[str, Any]] = {
    "conv": dict(attention_head_dim=(2, 4)),
    "linear": dict(attention_head_dim=(1, 2), use_linear_projection=True, transformer_layers_per_block=2),
}


class Graph(nn.Module):
    """sample [B, 4, 8, 12], timestep [B], encoder_hidden_states [B, 7, 12] to out_sample [B, 4, 8, 12]."""

    def __init__(self, unet: nn.Module) -> None:
        super().__init__()
        self.unet = unet

    def forward(self, sample: Tensor, timestep: Tensor, *text: Tensor) -> Tensor:
        return self.unet(sample, timestep, *text, return_dict=False)[0]


def make_unet(name: str) -> UNet2DConditionModel:
    """Random weights; those of the cross-attentions are larger than usual, so that their maps are far from flat."""
    torch.manual_seed(4)
    unet = UNet2DConditionModel(
        sample_size=HEIGHT, in_channels=CHANNELS, out_channels=CHANNELS, block_out_channels=(4, 8), layers_per_block=1, cross_attention_dim=TEXT,
        norm_num_groups=2, down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        **CONFIGS[name]).eval()
    for parameters in (p for a in cross_attentions(unet) for p in a.parameters() if p.ndim == 2):
        parameters.data.mul_(3)
    return unet


def cross_attentions(unet: UNet2DConditionModel) -> list[Attention]:
    """In the order in which they run."""
    places = [*unet.down_blocks, unet.mid_block, *unet.up_blocks]
    return [m for place in places for name, m in place.named_modules() if name.endswith("attn2")]


def examples() -> tuple[Tensor, Tensor, Tensor]:
    torch.manual_seed(5)
    return torch.randn(2, CHANNELS, HEIGHT, WIDTH), torch.tensor([801.0, 3.0]), torch.randn(2, TOKENS, TEXT)


def export(unet: nn.Module, path: Path, opset: int, dynamo: bool) -> None:
    """The tracing exporter with every axis free, as Optimum calls it; the newer one with a free batch."""
    arguments = examples()[: 3 if isinstance(unet, UNet2DConditionModel) else 2]
    names = INPUTS[: len(arguments)]
    axes = {"sample": {0: "batch_size", 1: "num_channels", 2: "height", 3: "width"}, "timestep": {0: "steps"},
            "encoder_hidden_states": {0: "batch_size", 1: "sequence_length"}}
    shapes = ({0: torch.export.Dim.DYNAMIC}, {0: torch.export.Dim.DYNAMIC}, ({0: torch.export.Dim.DYNAMIC},))
    options: dict[str, Any] = dict(dynamic_shapes=shapes, external_data=False) if dynamo else dict(dynamic_axes={n: axes[n] for n in names})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(Graph(unet), arguments, path, input_names=names, output_names=["out_sample"], opset_version=opset, dynamo=dynamo, **options)


def shrink(path: Path) -> None:
    """Names of a few letters, and no stack traces: they are most of a file this small, and nothing may depend on them."""
    model = onnx.load(path)
    short_names(model)
    del model.graph.value_info[:]
    for item in [model, model.graph, *model.graph.node, *model.graph.initializer]:
        del item.metadata_props[:]
        item.doc_string = ""
    onnx.save(model, path)


def heads_of_reshape(fusion: Any, reshape: onnx.NodeProto, is_torch2: bool = False) -> int:
    concat = fusion.model.get_parent(reshape, 1)
    return int(fusion.model.get_constant_value(concat.input[2]).item())


def fuse(source: Path, target: Path, whole: bool = False, packed: bool = True, half: bool = False) -> None:
    """As ONNX Runtime's optimizer for diffusion models writes it: com.microsoft.MultiHeadAttention, keys and values packed or not.

    whole: with everything else that it fuses too, for CUDA: GroupNorm and convolutions with channels last, GEGLU, residual sums.
    """
    fusion = sys.modules[MODEL_TYPES["unet"][0].__module__].FusionAttentionUnet
    fusion.get_num_heads = heads_of_reshape  # its own fails under numpy 2.4: int() of an array with one element
    options = FusionOptions("unet")
    if not whole:
        options.enable_group_norm = options.enable_nhwc_conv = options.enable_bias_splitgelu = options.enable_bias_add = False
        options.enable_skip_group_norm = options.enable_skip_layer_norm = options.enable_bias_skip_layer_norm = False
    options.enable_packed_kv = options.enable_packed_qkv = packed
    optimized = optimize_model(str(source), model_type="unet", opt_level=0, optimization_options=options)
    if half:
        optimized.convert_float_to_float16(keep_io_types=False)
    onnx.save(optimized.model, target)


def write_graphs() -> None:
    for name in CONFIGS:
        unet = make_unet(name)
        unet.set_attn_processor(AttnProcessor2_0())
        for opset, dynamo in ((14, False), (17, False), (18, True), (20, True), (21, True)) if name == "conv" else ((20, False),):
            export(unet, OUT / f"{name}-{'dynamo' if dynamo else 'script'}-{opset}.onnx", opset, dynamo)
    half = convert_float_to_float16(onnx.load(OUT / "linear-script-20.onnx"), keep_io_types=True)
    onnx.save(half, OUT / "linear-half-20.onnx")
    unet = make_unet("conv")
    unet.set_attn_processor(AttnProcessor())
    export(unet, OUT / "conv-baddbmm-17.onnx", 17, dynamo=False)
    unet = make_unet("conv")
    for attention in (m for m in unet.modules() if isinstance(m, Attention)):
        attention.fuse_projections()  # one projection for keys and values
    unet.set_attn_processor(FusedAttnProcessor2_0())
    export(unet, OUT / "conv-packed-17.onnx", 17, dynamo=False)
    fuse(OUT / "conv-script-17.onnx", OUT / "conv-fused-17.onnx")
    write_optimized()
    torch.manual_seed(6)
    textless = UNet2DModel(sample_size=HEIGHT, in_channels=CHANNELS, out_channels=CHANNELS, block_out_channels=(4, 8), layers_per_block=1, norm_num_groups=2,
                           attention_head_dim=4, down_block_types=("DownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D")).eval()
    export(textless, OUT / "textless-17.onnx", 17, dynamo=False)


def write_optimized() -> None:
    fuse(OUT / "conv-script-14.onnx", OUT / "conv-optimized-14.onnx", whole=True, packed=False)
    fuse(OUT / "conv-script-17.onnx", OUT / "conv-optimized-half-17.onnx", whole=True, half=True)
    fuse(OUT / "linear-script-20.onnx", OUT / "linear-optimized-20.onnx", whole=True)


@contextmanager
def hooks(modules: list[nn.Module], hook: Callable[[int, nn.Module, dict[str, Tensor], Tensor], Tensor | None]) -> Iterator[None]:
    """Calls hook(index, module, keyword arguments with the first positional one as hidden_states, output); what it returns replaces the output."""
    def wrap(index: int) -> Callable[..., Tensor | None]:
        return lambda module, args, kwargs, output: hook(index, module, {**kwargs, **({"hidden_states": args[0]} if args else {})}, output)

    handles = [m.register_forward_hook(wrap(i), with_kwargs=True) for i, m in enumerate(modules)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def heads_of(attention: Attention, x: Tensor) -> Tensor:
    """[B, N, C] to [B, heads, N, C / heads]."""
    return x.unflatten(-1, (attention.heads, -1)).transpose(1, 2)


def probabilities(attention: Attention, hidden: Tensor, text: Tensor) -> Tensor:
    """[B, heads, N, T]."""
    query, key = heads_of(attention, attention.to_q(hidden)), heads_of(attention, attention.to_k(text))
    return (query @ key.transpose(-1, -2) / query.shape[-1] ** 0.5).softmax(-1)


@torch.no_grad()
def golden(name: str) -> dict[str, Any]:
    unet = make_unet(name)
    layers = cross_attentions(unet)
    sample, timestep, text = examples()
    text_v = torch.randn_like(text)
    widths = [a.to_q.weight.shape[0] for a in layers]
    predict = lambda: unet(sample, timestep, text, return_dict=False)[0]  # noqa: E731
    maps: list[Tensor] = []
    outputs: list[Tensor] = []
    middle: list[Tensor] = []

    def record(index: int, attention: nn.Module, given: dict[str, Tensor], output: Tensor) -> None:
        maps.append(probabilities(attention, given["hidden_states"], given["encoder_hidden_states"]).mean(1)[..., PROBED].transpose(1, 2))
        outputs.append(output)

    with hooks(layers, record), hooks([unet.mid_block], lambda _i, _m, _g, output: middle.append(output)):
        prediction = predict()

    def split(index: int, attention: nn.Module, given: dict[str, Tensor], output: Tensor) -> Tensor:
        mixed = probabilities(attention, given["hidden_states"], text) @ heads_of(attention, attention.to_v(text_v))
        return attention.to_out[0](mixed.transpose(1, 2).flatten(2))

    with hooks(layers, split):
        prediction_split = predict()

    h_delta = torch.randn_like(middle[0])
    with hooks([unet.mid_block], lambda _i, _m, _g, output: output + h_delta):
        prediction_delta = predict()

    directions = torch.randn(DIRECTIONS, sum(widths))
    basis = torch.cat([torch.linalg.qr(torch.randn(2, w, DIRECTIONS)).Q.transpose(1, 2) for w in widths], -1)
    add = torch.randn(2, sum(widths))
    renorm = torch.tensor([1.0, 0.0])
    at = lambda x, index: x.split(widths, -1)[index]  # noqa: E731

    def steer(index: int, _m: nn.Module, _g: dict[str, Tensor], o: Tensor) -> Tensor:
        q = at(basis, index)
        moved = o - (o @ q.transpose(1, 2)) @ q + at(add, index)[:, None]
        scaled = moved * o.norm(dim=-1, keepdim=True) / moved.norm(dim=-1, keepdim=True)
        return torch.where(renorm[:, None, None] > 0, scaled, moved)

    with hooks(layers, steer):
        prediction_steer = predict()

    numbers = lambda x: [float(f"{v:.7g}") for v in x.flatten().tolist()]  # noqa: E731
    responses = torch.stack([(o @ at(directions, i).T).amax(1) for i, o in enumerate(outputs)], 1)
    return {
        "note": "made by python -m training.golden.attention_maps from hooks on the torch modules; arrays are row-major",
        "height": HEIGHT, "width": WIDTH, "tokens": TOKENS, "textWidth": TEXT, "channels": CHANNELS, "batch": 2,
        "heads": [a.heads for a in layers], "widths": widths, "middle": list(middle[0].shape[1:]),
        "sample": numbers(sample), "timestep": numbers(timestep), "text": numbers(text), "textV": numbers(text_v), "prediction": numbers(prediction),
        "probed": PROBED, "maps": [numbers(m) for m in maps], "outputs": [numbers(o) for o in outputs], "h": numbers(middle[0]),
        "split": {"prediction": numbers(prediction_split)}, "delta": {"hDelta": numbers(h_delta), "prediction": numbers(prediction_delta)},
        "steer": {"basis": numbers(basis), "add": numbers(add), "renorm": numbers(renorm), "directions": numbers(directions),
                  "means": numbers(torch.cat([o.mean(1) for o in outputs], -1)), "responses": numbers(responses), "prediction": numbers(prediction_steer)},
    }


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    for name in CONFIGS:
        (OUT / f"{name}.json").write_text(json.dumps(golden(name), separators=(",", ":")) + "\n")
    write_graphs()
    for path in OUT.glob("*.onnx"):
        shrink(path)
    for path in sorted(OUT.iterdir()):
        print(f"{path.name}: {path.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
