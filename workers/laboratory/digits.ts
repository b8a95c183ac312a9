import * as v from 'valibot';
import { readSafetensors } from '../deltas/safetensors';
import { corruptFile } from '../pipeline/fileErrors';

export const PAIRS = [
  [0, 1],
  [7, 8],
] as const;
export type Pair = (typeof PAIRS)[number];

/** Below this probability the reader abstains, as all readers here. */
const UNCLEAR_BELOW = 0.6;

/** What was read of drawn pictures. */
export interface Reading {
  /** Class of each picture: 0, 1, or undefined where it was not read clearly. */
  readonly classes: readonly (0 | 1 | undefined)[];
  readonly counts: readonly [number, number];
  readonly unclear: number;
}

/** Handwritten digits at 14 x 14 and a small reader of them (training/laboratory.py). */
export interface Digits {
  /** Pictures of a digit, each of 196 numbers in -1..1. */
  pictures(digit: number): readonly Float32Array[];
  /** @param drawn pictures [n, 196]. */
  read(drawn: Float32Array, pair: Pair): Reading;
  /** Where they come from, and how well the reader reads. */
  readonly facts: { readonly source: string; readonly readerRight: number; readonly readerN: number };
}

const PIXELS = 196;
const DIGITS = [0, 1, 7, 8];
const factsSchema = v.object({
  source: v.string(),
  readerRight: v.pipe(v.string(), v.transform(Number), v.minValue(0), v.maxValue(1)),
  readerN: v.pipe(v.string(), v.transform(Number), v.integer()),
});

/** @throws EvenhandError 'model-corrupt' for a file that is not training/laboratory.py's. */
export function readDigits(bytes: Uint8Array, name: string): Digits {
  const { tensors, metadata } = readSafetensors(bytes, name);
  const facts = v.safeParse(factsSchema, metadata);
  if (!facts.success) throw corruptFile(name, 'it does not say where its digits come from');
  const tensor = (key: string) => {
    const found = tensors.get(key);
    if (!found) throw corruptFile(name, `it has no "${key}"`);
    return found;
  };
  const pictures = new Map(
    DIGITS.map((digit) => {
      const { shape, data } = tensor(`digit.${digit}`);
      if (shape[1] !== PIXELS) throw corruptFile(name, `its pictures have ${shape[1]} pixels, not ${PIXELS}`);
      const rows = Array.from({ length: shape[0]! }, (_, i) =>
        data.slice(i * PIXELS, (i + 1) * PIXELS).map((value) => value / 127.5 - 1),
      );
      return [digit, rows] as const;
    }),
  );
  const [w1, b1, w2, b2] = ['w1', 'b1', 'w2', 'b2'].map((part) => tensor(`reader.${part}`).data) as [
    Float32Array,
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const logitsOf = (picture: Float32Array): Float32Array =>
    dense(
      dense(picture, w1, b1).map((value) => Math.max(0, value)),
      w2,
      b2,
    );

  return {
    facts: facts.output,
    pictures: (digit) => pictures.get(digit) ?? [],
    read(drawn, pair) {
      const classes = Array.from({ length: drawn.length / PIXELS }, (_, i) => {
        const chances = softmax(logitsOf(drawn.subarray(i * PIXELS, (i + 1) * PIXELS)));
        const own = pair.map((digit) => chances[DIGITS.indexOf(digit)]!);
        if (Math.max(...own) < UNCLEAR_BELOW) return undefined;
        return own[0]! >= own[1]! ? 0 : 1;
      });
      const count = (kind: 0 | 1 | undefined) => classes.filter((own) => own === kind).length;
      return { classes, counts: [count(0), count(1)], unclear: count(undefined) };
    },
  };
}

/** @param w [inputs, outputs], row-major. */
function dense(x: Float32Array, w: Float32Array, b: Float32Array): Float32Array {
  const out = Float32Array.from(b);
  for (let i = 0; i < x.length; i++) {
    for (let o = 0; o < out.length; o++) out[o]! += x[i]! * w[i * out.length + o]!;
  }
  return out;
}

function softmax(logits: Float32Array): Float32Array {
  const most = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - most));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}
