import type { BatchShape } from '../contrastive';
import { embed, gelu, geluSlope } from '../network';
import type { Network } from '../types';

/**
 * The contrastive loss and its gradient by the weights, derived by hand and in plain loops: what the compiled one is held against.
 * With c = f.f / tau, the loss of a pair is softplus(log sum_k exp c_ik - c_ij), so every c has a weight of its own.
 */
export function gradientByHand(
  network: Network,
  batch: Float32Array,
  { fair, stereotypical }: BatchShape,
  tau: number,
): { readonly loss: number; readonly gradient: Network } {
  const { inputs, hidden, outputs } = network;
  const rows = Array.from({ length: fair + stereotypical }, (_, i) =>
    batch.subarray(i * inputs, (i + 1) * inputs),
  );
  const units = rows.map((row) => embed(network, row).unit);
  const cosine = (a: number, b: number) => units[a]!.reduce((sum, u, o) => sum + u * units[b]![o]!, 0) / tau;

  const byUnit = units.map(() => new Float64Array(outputs));
  const addCosine = (a: number, b: number, weight: number) => {
    for (let o = 0; o < outputs; o++) {
      byUnit[a]![o]! += (weight * units[b]![o]!) / tau;
      byUnit[b]![o]! += (weight * units[a]![o]!) / tau;
    }
  };
  let loss = 0;
  const pairs = fair * (fair - 1);
  for (let i = 0; i < fair; i++) {
    const others = Array.from({ length: stereotypical }, (_, k) => Math.exp(cosine(i, fair + k)));
    const total = others.reduce((a, b) => a + b, 0);
    for (let j = 0; j < fair; j++) {
      if (j === i) continue;
      const excess = Math.log(total) - cosine(i, j);
      loss += Math.log1p(Math.exp(excess)) / pairs;
      const slope = 1 / (1 + Math.exp(-excess)) / pairs;
      addCosine(i, j, -slope);
      others.forEach((other, k) => {
        addCosine(i, fair + k, (slope * other) / total);
      });
    }
  }

  const gradient = {
    ...network,
    w1: new Float32Array(inputs * hidden),
    b1: new Float32Array(hidden),
    w2: new Float32Array(hidden * outputs),
    b2: new Float32Array(outputs),
  };
  rows.forEach((row, r) => {
    addRow(network, gradient, row, byUnit[r]!);
  });
  return { loss, gradient };
}

/** What one row adds to the gradient of the weights. @param byUnit gradient by its embedding. */
function addRow(
  { inputs, hidden, outputs, w1, b1, w2, b2 }: Network,
  gradient: Network,
  row: Float32Array,
  byUnit: Float64Array,
): void {
  const z = Array.from({ length: hidden }, (_, h) =>
    row.reduce((sum, x, i) => sum + x * w1[i * hidden + h]!, b1[h]!),
  );
  const v = Array.from({ length: outputs }, (_, o) =>
    z.reduce((sum, value, h) => sum + gelu(value) * w2[h * outputs + o]!, b2[o]!),
  );
  const length = Math.hypot(...v);
  const along = v.reduce((sum, value, o) => sum + (value / length) * byUnit[o]!, 0);
  const dv = v.map((value, o) => (byUnit[o]! - (along * value) / length) / length);
  for (let h = 0; h < hidden; h++) {
    let dActive = 0;
    for (let o = 0; o < outputs; o++) {
      gradient.w2[h * outputs + o]! += gelu(z[h]!) * dv[o]!;
      dActive += w2[h * outputs + o]! * dv[o]!;
    }
    const dz = dActive * geluSlope(z[h]!);
    gradient.b1[h]! += dz;
    for (let i = 0; i < inputs; i++) gradient.w1[i * hidden + h]! += row[i]! * dz;
  }
  dv.forEach((value, o) => {
    gradient.b2[o]! += value;
  });
}
