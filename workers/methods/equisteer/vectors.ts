import { principalVectors } from '../../../src/core/linalg';
import type { CrossAttentionShape, Steering } from '../method';

/** Span of the differences is cut where a direction is weaker than this share of the strongest: woman and man nearly oppose. */
const CUT = 0.05;

/** Mean outputs of all cross-attentions at one step, [channels], layers one after the other. */
export type Outputs = ArrayLike<number>;

/**
 * The steering of one step towards one value, layer by layer: what lies in the span of the values' differences from the plain prompt is
 * taken out of every pixel, and what the value's own prompt has there on average is put in its place.
 * @param plain of the plain prompt. @param values of the prompts that tell each value, all attributes together.
 * @param towards those of `values` that the image was given, one for each attribute.
 * @param strength 1 puts in what the prompts with the values have; more goes on from the plain prompt past them.
 */
export function steeringOf(
  layers: readonly CrossAttentionShape[],
  plain: Outputs,
  values: readonly Outputs[],
  towards: readonly Outputs[],
  strength: number,
  renorm: boolean,
): Steering {
  const channels = layers.reduce((sum, layer) => sum + layer.channels, 0);
  const bases = layers.map((layer) => {
    const differences = values.map((value) => difference(value, plain, layer));
    return principalVectors(differences, CUT).map(unit);
  });
  const rank = Math.max(1, ...bases.map((basis) => basis.length));
  const basis = new Float32Array(rank * channels);
  const add = new Float32Array(channels);
  layers.forEach((layer, index) => {
    const own = sliceOf(plain, layer);
    // Attributes add up.
    for (const value of towards) {
      difference(value, plain, layer).forEach((change, i) => {
        own[i]! += strength * change;
      });
    }
    bases[index]!.forEach((row, k) => {
      basis.set(row, k * channels + layer.offset);
      const along = dot(row, own);
      row.forEach((element, i) => {
        add[layer.offset + i]! += along * element;
      });
    });
  });
  return {
    basis: { data: basis, dims: [rank, channels] },
    add: { data: add, dims: [channels] },
    renorm: renorm ? 1 : 0,
  };
}

function sliceOf(outputs: Outputs, { offset, channels }: CrossAttentionShape): Float64Array {
  return Float64Array.from({ length: channels }, (_, i) => outputs[offset + i]!);
}

function difference(a: Outputs, b: Outputs, { offset, channels }: CrossAttentionShape): Float64Array {
  return Float64Array.from({ length: channels }, (_, i) => a[offset + i]! - b[offset + i]!);
}

function unit(row: Float64Array): Float64Array {
  const length = Math.sqrt(dot(row, row));
  return row.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}
