import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { torchRandn } from '../src/core/rng';
import { SESSION_OPTIONS } from '../workers/runtime/ortGraph';

/** What a part's config.json says of sizes that a graph may leave free. */
type Config = Readonly<Record<string, unknown>>;

export function configOf(folder: string, part: string): Config {
  try {
    return JSON.parse(readFileSync(join(folder, part, 'config.json'), 'utf8')) as Config;
  } catch {
    return {};
  }
}

/**
 * Root mean square of the difference of the outputs over that of the first graph's, on the same fixed inputs; all float outputs together.
 * Graphs are opened one after the other.
 */
export async function outputError(exact: string, rounded: string, config: Config): Promise<number> {
  const expected = await outputsOf(exact, config);
  const found = await outputsOf(rounded, config);
  let [error, norm] = [0, 0];
  expected.forEach((values, output) => {
    values.forEach((value, i) => {
      error += (found[output]![i]! - value) ** 2;
      norm += value ** 2;
    });
  });
  return Math.sqrt(error / Math.max(norm, 1e-12));
}

async function outputsOf(path: string, config: Config): Promise<Float32Array[]> {
  const session = await ort.InferenceSession.create(path, {
    executionProviders: ['cpu'],
    ...SESSION_OPTIONS,
  });
  try {
    const results = await session.run(feedsFor(session.inputMetadata, config));
    return Object.values(results).flatMap(({ data }) => (data instanceof Float32Array ? [data] : []));
  } finally {
    await session.release();
  }
}

/** Normal numbers for floats, small whole numbers for token ids, 500 for a time. */
function feedsFor(
  inputs: readonly ort.InferenceSession.ValueMetadata[],
  config: Config,
): Record<string, ort.Tensor> {
  const feeds: Record<string, ort.Tensor> = {};
  for (const input of inputs) {
    if (!input.isTensor) continue;
    const dims = sizes(input.shape, config);
    const size = dims.reduce((product, dim) => product * dim, 1);
    const normal = torchRandn(0, size);
    const values = Array.from(normal, (value, i) =>
      dims.length < 2 ? 500 : input.type.startsWith('float') ? value : (7 * i) % 50,
    );
    if (input.type === 'int64') {
      feeds[input.name] = new ort.Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    } else if (input.type === 'int32') {
      feeds[input.name] = new ort.Tensor('int32', Int32Array.from(values), dims);
    } else feeds[input.name] = new ort.Tensor('float32', Float32Array.from(values), dims);
  }
  return feeds;
}

const TOKENS = 77;
const LATENT_SIDE = 16;
const PICTURE_SIDE = 64;

/** Free sizes by rank: pictures and latents [1, C, H, W], text rows [1, 77, width], token ids [1, 77]. */
function sizes(shape: readonly (number | string)[], config: Config): number[] {
  const known = (name: string, otherwise: number) =>
    typeof config[name] === 'number' ? config[name] : otherwise;
  const channels = Number.isInteger(shape[1])
    ? Number(shape[1])
    : known('in_channels', known('latent_channels', 4));
  const side = channels === 3 ? PICTURE_SIDE : LATENT_SIDE;
  const free: Readonly<Record<number, readonly number[]>> = {
    2: [1, TOKENS],
    3: [1, TOKENS, known('cross_attention_dim', 768)],
    4: [1, channels, side, side],
  };
  return shape.map((dim, axis) =>
    typeof dim === 'number' && dim > 0 ? dim : (free[shape.length]?.[axis] ?? 1),
  );
}
