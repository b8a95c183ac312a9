import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { readerSchema } from '../../workers/perception/config';
import { decodeReadings, toInput } from '../../workers/perception/reader';
import type { Picture } from '../../workers/pipeline/decoder';
import type { PersonReading } from '../../workers/protocol';
import type { Runtime } from '../../workers/runtime/runtime';
import type { ReadPicture } from './jobs';

/**
 * The reader that measures and does not ship (training/stages/independent_reader.py): another network, trained on other
 * renderings, that never saw a picture of this model or of its autoencoder.
 */
export interface IndependentReader {
  /** @param features whether its features are wanted too. */
  read(seed: number, picture: Picture, features?: boolean): Promise<ReadPicture>;
}

const GRAPH = 'bench/model/independent-reader.onnx';
const CONFIG = 'bench/model/independent-reader.json';

const measuredSchema = v.object({
  pictures: v.number(),
  countRight: v.number(),
  heads: v.number(),
  missed: v.number(),
  extra: v.number(),
  attributes: v.record(v.string(), v.object({ accuracy: v.number() })),
});

/** How good it is itself, on clean held-out renderings. */
export function readerQuality(): v.InferOutput<typeof measuredSchema> {
  return v.parse(v.object({ measured: measuredSchema }), readJson(CONFIG)).measured;
}

/** Names the exact weights and thresholds. */
export const readerHash = (): string =>
  createHash('sha256').update(readFileSync(GRAPH)).update(readFileSync(CONFIG)).digest('hex');

export async function openIndependentReader(runtime: Runtime): Promise<IndependentReader> {
  const config = v.parse(readerSchema, readJson(CONFIG));
  const graph = await runtime.open(new Uint8Array(readFileSync(GRAPH)), GRAPH);
  const valuesOf = ({ attributes }: PersonReading): Record<string, string> =>
    Object.fromEntries(
      config.attributes.map(({ id, values }) => [id, likeliest(attributes[id]!, values).value]),
    );
  return {
    async read(seed, picture, wantsFeatures = false) {
      const { heat, box, attributes, features } = await graph.run({ image: toInput(picture, config) });
      if (!heat || !box || !attributes || !features) {
        throw new RangeError(`${GRAPH} lacks one of its outputs: export it again (training/README.md).`);
      }
      const found = decodeReadings({ heat, box, attributes }, config, picture.width / config.input.size);
      const people = found.map((person) => ({ box: person.box, values: valuesOf(person) }));
      if (!wantsFeatures) return { seed, people };
      return { seed, people, features: Array.from(features.data, (value) => Number(value.toPrecision(6))) };
    },
  };
}

/** The value with the highest probability, and that probability. */
export function likeliest(
  probabilities: readonly number[],
  values: readonly { readonly id: string }[],
): { value: string; confidence: number } {
  const confidence = Math.max(...probabilities);
  return { value: values[probabilities.indexOf(confidence)]!.id, confidence };
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
