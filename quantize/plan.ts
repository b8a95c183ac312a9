import { isStandard, type Node } from '../workers/onnx/model';
import { DATA_TYPE } from '../workers/onnx/schema';
import { cannotQuantize } from './errors';
import { BLOCK } from './rounding';
import type { Skeleton } from './skeleton';

export type Bits = 4 | 8 | 16;

/** How a weight is kept. */
export type Form =
  | { readonly kind: 'half' }
  | { readonly kind: 'int8'; readonly axis: number }
  | { readonly kind: 'int4' };

/** Tensors with fewer elements stay float32: they take no room, and are biases and norms. */
const SMALLEST = 1024;

const CONTROL: readonly string[] = ['If', 'Loop', 'Scan'];
const DONE: readonly string[] = [
  'DequantizeLinear',
  'QuantizeLinear',
  'DynamicQuantizeLinear',
  'MatMulNBits',
  'MatMulInteger',
  'ConvInteger',
  'QLinearConv',
  'QLinearMatMul',
];

/**
 * Which weights are kept how. 8 bits: Conv, MatMul and Gemm. 4 bits: MatMul with whole blocks of rows; the others 8.
 * 16 bits: all. Embeddings stay float32 below 16 bits.
 * @throws EvenhandError 'model-unsupported' for a graph that is quantized already, has operators that nobody knows, or nothing to quantize.
 */
export function planWeights({ path, model, places }: Skeleton, bits: Bits): Map<string, Form> {
  const { nodes, initializers, outputs } = model.graph;
  refuse(path, nodes, model.opset);
  const large = [...initializers.values()].filter(
    ({ name, dims }) => places.has(name) && dims.reduce((product, dim) => product * dim, 1) >= SMALLEST,
  );
  const floats = large.filter(({ type }) => type === DATA_TYPE.float);
  if (large.some(({ type }) => type === DATA_TYPE.float16 || type === DATA_TYPE.bfloat16)) {
    throw cannotQuantize(
      path,
      'its weights are 16-bit floats already.',
      'Give the float32 export of the model.',
    );
  }
  const plan = new Map<string, Form>();
  for (const { name, dims } of floats) {
    if (outputs.some((output) => output.name === name)) continue;
    const readers = nodes.filter(({ inputs }) => inputs.includes(name));
    const form = bits === 16 ? ({ kind: 'half' } as const) : formOf(name, dims, readers, bits);
    if (form) plan.set(name, form);
  }
  if (plan.size === 0) {
    throw cannotQuantize(
      path,
      `none of its ${initializers.size} initializers is a float32 weight of Conv, MatMul or Gemm with ${SMALLEST} numbers or more.`,
      'Check that this is the float32 export, made by torch.onnx or Optimum without further optimisation.',
    );
  }
  return plan;
}

function formOf(
  name: string,
  dims: readonly number[],
  readers: readonly Node[],
  bits: Bits,
): Form | undefined {
  const weighing = readers.filter(
    ({ opType, inputs, domain }) =>
      isStandard(domain) && ['Conv', 'MatMul', 'Gemm'].includes(opType) && inputs[1] === name,
  );
  const [first] = weighing;
  if (!first || dims.length < 2) return undefined;
  const multiplies = readers.every(
    ({ opType, inputs }) => opType === 'MatMul' && inputs[1] === name && inputs[0] !== name,
  );
  if (bits === 4 && multiplies && dims.length === 2 && dims[0]! % BLOCK === 0) return { kind: 'int4' };
  const flipped = first.attributes.get('transB')?.int === 1;
  return { kind: 'int8', axis: first.opType === 'Conv' || flipped ? 0 : dims.length - 1 };
}

function refuse(path: string, nodes: readonly Node[], opset: number): void {
  const done = nodes.find(({ opType }) => DONE.includes(opType));
  if (done) {
    throw cannotQuantize(
      path,
      `it is quantized already (it has ${done.opType}).`,
      'Give the float32 export that it was made from.',
    );
  }
  const unknown = nodes.find(({ domain }) => !isStandard(domain) && domain !== 'com.microsoft');
  const control = nodes.find(({ opType, domain }) => isStandard(domain) && CONTROL.includes(opType));
  const foreign = unknown ? `${unknown.domain}.${unknown.opType}` : control?.opType;
  if (foreign) {
    throw cannotQuantize(
      path,
      `it has the operator ${foreign}, of which nobody here knows what it does with weights.`,
      'Export the model with plain ONNX operators.',
    );
  }
  if (opset < 13) {
    throw cannotQuantize(
      path,
      `it is of opset ${opset}, and scales per channel came with 13.`,
      'Export the model anew with opset 14 or later.',
    );
  }
}
