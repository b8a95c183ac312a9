"""Export to plain ONNX, weights stored as int8 or fp16, and the checks that go with them."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

OPSET = 17
SMALLEST = 1024
"""Tensors with fewer elements stay fp32."""


def to_onnx(module: nn.Module, inputs: tuple[Tensor, ...], input_names: list[str], output_names: list[str]) -> onnx.ModelProto:
    """A simplified opset-17 graph with a dynamic batch axis: no contrib operators, BatchNorm folded, GroupNorm decomposed.

    The tracing exporter is used on purpose: it writes GroupNorm as Reshape + InstanceNormalization, which runs on WebGPU.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw, simple = f"{folder}/raw.onnx", f"{folder}/simple.onnx"
        torch.onnx.export(
            module.eval(), inputs, raw, input_names=input_names, output_names=output_names, opset_version=OPSET, dynamo=False,
            dynamic_axes={name: {0: "batch"} for name in [*input_names, *output_names]})
        options = ort.SessionOptions()
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = simple
        options.log_severity_level = 3
        ort.InferenceSession(raw, options, providers=["CPUExecutionProvider"], disabled_optimizers=["MatMulAddFusion"])
        model = onnx.load(simple)
    foreign = {node.domain for node in model.graph.node} - {"", "ai.onnx"}
    if foreign:
        raise RuntimeError(f"The exported graph holds operators of {sorted(foreign)}; only plain ONNX is allowed.")
    del model.opset_import[:]
    model.opset_import.append(helper.make_opsetid("", OPSET))
    del model.graph.value_info[:]
    model.producer_name, model.doc_string = "evenhand", ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    return model


def quantized_axes(model: onnx.ModelProto) -> dict[str, int]:
    """The weights that int8 is for, those of Conv, MatMul and Gemm that are not tiny, each with the axis of its output channels."""
    weights = {w.name: w for w in model.graph.initializer}
    axes: dict[str, int] = {}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "MatMul", "Gemm") or len(node.input) < 2 or node.input[1] not in weights:
            continue
        weight = weights[node.input[1]]
        if weight.data_type == onnx.TensorProto.FLOAT and np.prod(weight.dims) >= SMALLEST:
            flip = any(a.name == "transB" and a.i for a in node.attribute)
            axes[weight.name] = 0 if node.op_type == "Conv" or flip else len(weight.dims) - 1
    return axes


def to_int8(value: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers in -127..127 and one fp32 scale per index of `axis`; their product is `value` to half a scale."""
    others = tuple(i for i in range(value.ndim) if i != axis)
    scale = np.maximum(np.abs(value).max(axis=others, keepdims=True), 1e-12).astype(np.float32) / 127
    return np.clip(np.rint(value / scale), -127, 127).astype(np.int8), scale


def replace_weights(model: onnx.ModelProto, made: dict[str, tuple[list[onnx.TensorProto], onnx.NodeProto]]) -> onnx.ModelProto:
    """A copy in which each named weight is the output of a node on other tensors."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    kept = [weight for weight in graph.initializer if weight.name not in made] + [tensor for tensors, _ in made.values() for tensor in tensors]
    nodes = [node for _, node in made.values()] + list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend(nodes)
    onnx.checker.check_model(result)
    return result


def quantize(model: onnx.ModelProto, spared: Collection[str] = ()) -> onnx.ModelProto:
    """A copy whose Conv, MatMul and Gemm weights are int8 with one scale per output channel, behind DequantizeLinear; `spared` ones are fp16.

    Weight-only: activations stay fp32, so it runs on WebGPU and wasm alike. Embeddings and tiny tensors stay fp32.
    """
    weights = {w.name: w for w in model.graph.initializer}
    made = {}
    for name, axis in quantized_axes(model).items():
        if name not in spared:
            whole, scale = to_int8(numpy_helper.to_array(weights[name]), axis)
            made[name] = [numpy_helper.from_array(whole, name + "_int8"), numpy_helper.from_array(scale.reshape(-1), name + "_scale")], helper.make_node(
                "DequantizeLinear", [name + "_int8", name + "_scale"], [name], name=name + "_dq", axis=axis)
    return halve(replace_weights(model, made), spared)


def most_hurt(model: onnx.ModelProto, inputs: tuple[Tensor, ...], spare_bytes: int) -> list[str]:
    """Weights to keep as fp16, worst first: those whose int8 form alone moves the outputs most for each byte that fp16 takes more, until
    `spare_bytes` are given away. In a denoiser a few small layers near the end make nearly all of the error."""
    open_model = onnx.ModelProto()
    open_model.CopyFrom(model)
    axes = quantized_axes(model)
    weights = {w.name: numpy_helper.to_array(w) for w in model.graph.initializer if w.name in axes}
    # A weight that is an input too may be given another value at each run.
    open_model.graph.input.extend(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, value.shape) for name, value in weights.items())
    active = session(open_model)
    exact = run(active, inputs)
    harm = {}
    for name, axis in axes.items():
        whole, scale = to_int8(weights[name], axis)
        harm[name] = relative_error(run(active, inputs, {name: whole * scale}), exact) ** 2 / weights[name].size
    chosen, left = [], spare_bytes
    for name in sorted(harm, key=harm.__getitem__, reverse=True):
        if weights[name].size > left:
            break
        chosen.append(name)
        left -= weights[name].size
    return chosen


def halve(model: onnx.ModelProto, only: Collection[str] | None = None) -> onnx.ModelProto:
    """A copy whose weights are fp16 behind a Cast to fp32, which ONNX Runtime folds when it opens the file. A tensor with numbers too small
    or too large for fp16 stays fp32, and so do tiny ones. @param only these weights; None for all."""
    made = {}
    for weight in model.graph.initializer:
        value = numpy_helper.to_array(weight)
        if value.size < SMALLEST or value.dtype != np.float32 or np.abs(value).max() > np.finfo(np.float16).max or (only is not None and weight.name not in only):
            continue
        half = value.astype(np.float16)
        if np.linalg.norm(half.astype(np.float32) - value) <= 1e-3 * np.linalg.norm(value):
            made[weight.name] = [numpy_helper.from_array(half, weight.name + "_fp16")], helper.make_node(
                "Cast", [weight.name + "_fp16"], [weight.name], name=weight.name + "_cast", to=onnx.TensorProto.FLOAT)
    return replace_weights(model, made)


STORED = ("fp32", "fp16", "int8")
"""How a file may hold its weights; they are fp32 again once it is open."""


def store(model: onnx.ModelProto, stored: str, inputs: tuple[Tensor, ...], spare_bytes: int = 0) -> onnx.ModelProto:
    """`model` with its weights stored as one of STORED. @param spare_bytes by how much an int8 file may grow to keep its most sensitive weights as fp16."""
    if stored == "int8":
        return quantize(model, most_hurt(model, inputs, spare_bytes) if spare_bytes else ())
    return halve(model) if stored == "fp16" else model


def short_names(model: onnx.ModelProto) -> None:
    """Renames inner values and nodes to a few letters, in place: saves a third of a tiny file. Inputs and outputs keep theirs."""
    kept = {value.name for value in [*model.graph.input, *model.graph.output]} | {""}
    names: dict[str, str] = {}
    short = lambda name: name if name in kept else names.setdefault(name, f"v{len(names)}")  # noqa: E731
    for weight in model.graph.initializer:
        weight.name = short(weight.name)
    for i, node in enumerate(model.graph.node):
        node.name = f"n{i}"
        node.input[:] = [short(name) for name in node.input]
        node.output[:] = [short(name) for name in node.output]


def session(model: onnx.ModelProto | Path) -> ort.InferenceSession:
    """A CPU session that folds DequantizeLinear of constants at load, so that int8 files run as fast as fp32 ones."""
    options = ort.SessionOptions()
    options.log_severity_level = 3
    options.add_session_config_entry("session.disable_quant_qdq", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.intra_op_num_threads = int(os.environ.get("EVENHAND_THREADS", 0))
    source = str(model) if isinstance(model, Path) else model.SerializeToString()
    return ort.InferenceSession(source, options, providers=["CPUExecutionProvider"])


def run(model: onnx.ModelProto | ort.InferenceSession, inputs: tuple[Tensor, ...], instead: dict[str, np.ndarray] | None = None) -> list[np.ndarray]:
    """@param instead values for weights that are inputs too."""
    active = model if isinstance(model, ort.InferenceSession) else session(model)
    feeds = {slot.name: x.numpy() for slot, x in zip(active.get_inputs(), inputs)} | (instead or {})
    return active.run(None, feeds)


def largest_difference(a: list[np.ndarray], b: list[np.ndarray]) -> float:
    """Largest absolute difference, relative to the largest value where that is over 1."""
    return max(float(np.abs(x - y).max() / max(1.0, np.abs(y).max())) for x, y in zip(a, b))


def relative_error(a: list[np.ndarray], b: list[np.ndarray]) -> float:
    """Root mean square of a - b over that of b, all outputs together."""
    top = sum(float(np.square(x - y).sum()) for x, y in zip(a, b))
    return (top / max(1e-12, sum(float(np.square(y).sum()) for y in b))) ** 0.5


def export_checked(name: str, module: nn.Module, example: tuple[Tensor, ...], input_names: list[str], output_names: list[str],
                   path: Path, stored: str = "int8", short: bool = False, spare_bytes: int = 0) -> dict[str, float | str]:
    """Writes `path`; checks batch 1 and 3 against torch to 1e-4; returns what storing costs.

    @param example inputs with batch 3. @param stored one of STORED. @param spare_bytes see `store`. @raises RuntimeError if ONNX and torch differ.
    """
    module = module.eval()
    model = to_onnx(module, tuple(x[:2] for x in example), input_names, output_names)
    worst = 0.0
    for batch in (1, 3):
        inputs = tuple(x[:batch] for x in example)
        with torch.no_grad():
            outputs = module(*inputs)
        expected = [o.float().numpy() for o in (outputs if isinstance(outputs, tuple) else (outputs,))]
        worst = max(worst, largest_difference(run(model, inputs), expected))
    if worst > 1e-4:
        raise RuntimeError(f"{name}: ONNX differs from torch by {worst:.2e} (at most 1e-4 is allowed).")
    shipped = store(model, stored, example, spare_bytes)
    error = relative_error(run(shipped, example), run(model, example))
    if short:
        short_names(shipped)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(shipped, path)
    print(f"{name}: onnx vs torch {worst:.1e}, {stored} vs fp32 {error:.2e} relative, {path.stat().st_size / 1e6:.2f} MB")
    return {"onnxVsTorch": worst, "stored": stored, "storedRelativeError": error, "bytes": path.stat().st_size}
