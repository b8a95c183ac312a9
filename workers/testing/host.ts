import { EvenhandError } from '../../src/core/errors';
import { createPrng } from '../../src/core/rng';
import { tensor } from '../../src/core/tensor';
import type {
  Capability,
  Condition,
  ConditionSet,
  MethodHost,
  MethodRun,
  PreparedMethod,
  PromptWord,
  StepInfo,
  UnetAccess,
} from '../methods/method';
import { wordFor } from '../methods/words';

const WIDTH = 64;
const WIDTH_OF_ROWS = 24;

/**
 * A text encoder made of a bag of words: the end row is the sum of the words' random rows, so that "a female doctor" is
 * "a doctor" plus a fixed step. Three rows: start (the same in all prompts), end, padding.
 */
export function bagOfWords(prompt: string): Condition {
  const end = new Float64Array(WIDTH);
  for (const word of prompt.split(' ').filter(Boolean)) {
    const random = createPrng(
      [...word].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 65_521, 7),
    );
    for (let i = 0; i < WIDTH; i++) end[i]! += random.uniform() - 0.5;
  }
  const start = Array.from({ length: WIDTH }, (_, i) => (i === 0 ? 3 : 0));
  const rows = tensor(Float32Array.from([...start, ...end, ...end]), [3, WIDTH]);
  return { prompt, k: rows, v: rows, eos: 1 };
}

export function testHost(changes: Partial<MethodHost> = {}): MethodHost {
  return {
    prompt: 'a photo of a doctor',
    targets: [],
    attributes: [],
    wordFor,
    encode: async (prompts) => prompts.map(bagOfWords),
    model: { title: 'Bag of words', hash: '0'.repeat(64) },
    projector: () => undefined,
    steps: 16,
    guidanceScale: 2,
    words: wordsBySpace,
    unet: testUnet(),
    rehearse: async () => {},
    remember: (_, make) => make(),
    signal: new AbortController().signal,
    ...changes,
  };
}

/** Each word one row, behind the start row. */
export function wordsBySpace(prompt: string): PromptWord[] {
  return [...prompt.matchAll(/\S+/g)].map((match, i) => {
    const [start, end] = [match.index, match.index + match[0].length];
    return { text: match[0], start, end, rows: [i + 1] };
  });
}

/** A UNet of two cross-attentions of 4 channels that gives everything, but what `lacking` names. */
export function testUnet(lacking: readonly Capability[] = []): UnetAccess {
  return {
    can: (capability) => !lacking.includes(capability),
    require(capability) {
      if (!lacking.includes(capability)) return;
      throw new EvenhandError(
        'model-unsupported',
        `There is no ${capability} here.`,
        'Choose another model.',
      );
    },
    crossAttentions: [
      { place: 'down', height: 4, width: 4, channels: 4, offset: 0 },
      { place: 'up', height: 4, width: 4, channels: 4, offset: 4 },
    ],
    channels: 8,
    middle: { channels: 4, height: 2, width: 2 },
  };
}

/** The runs of images 0 .. count - 1, with seeds from 1. */
export function runsOf(method: PreparedMethod, count: number): MethodRun[] {
  return Array.from({ length: count }, (_, index) => method.image({ index, seed: index + 1 }));
}

export function conditionsOf(prompt: string): ConditionSet {
  return { uncond: bagOfWords(''), cond: bagOfWords(prompt) };
}

export function endRow({ k, eos }: Condition): Float32Array {
  const width = k.dims[1]!;
  return k.data.subarray(eos * width, (eos + 1) * width);
}

export function distance(a: Float32Array, b: Float32Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}

/** Step `index` of `total` of the first image of a run, on a schedule that is linear in the timestep. */
export function stepOf(index: number, total: number, guidanceScale = 2): StepInfo {
  const timestep = Math.round(999 - (index * 1000) / total);
  return {
    index,
    total,
    pass: 0,
    timestep,
    alphaBar: 1 - timestep / 1000,
    guidanceScale,
    seed: 1,
    imageIndex: 0,
  };
}

/**
 * A text encoder with a row per token, each told by the words up to it as a causal encoder's are; training/golden/closed_forms.py has
 * the same. Rows of `WIDTH_OF_ROWS`, 16 tokens: start, words, end, and the end token again as padding.
 */
export function wordByWord(prompt: string): Condition {
  const words = prompt.split(' ').filter(Boolean);
  const tokens = ['<s>', ...words, ...new Array<string>(15 - words.length).fill('</s>')];
  const data = new Float32Array(tokens.length * WIDTH_OF_ROWS);
  let told = 0;
  tokens.forEach((token, i) => {
    told += [...token].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) * (i + 1);
    for (let j = 0; j < WIDTH_OF_ROWS; j++) data[i * WIDTH_OF_ROWS + j] = Math.sin(0.01 * told * (j + 1) + i);
  });
  const rows = tensor(data, [tokens.length, WIDTH_OF_ROWS]);
  return { prompt, k: rows, v: rows, eos: words.length + 1 };
}
