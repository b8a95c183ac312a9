import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describePicture, type PersonLabels, type Sample } from '../../src/core/world';
import type { Picture } from '../../workers/pipeline/decoder';
import type { PipelineParts } from '../../workers/pipeline/parts';
import type { AttributeInfo, PersonReading } from '../../workers/protocol';
import type { Runtime } from '../../workers/runtime/runtime';
import { likeliest } from './independentReader';
import type { Guess, RoundTrip } from './jobs';
import { render } from './rendering';

/** A picture through the encoder and the decoder of the model. */
export type Autoencode = (picture: Picture) => Promise<Picture>;

const configSchema = v.object({ scaling_factor: v.number() });

/** @param model its folder; the page never opens the encoder, so the pipeline does not either. */
export async function openAutoencoder(
  model: string,
  runtime: Runtime,
  { decoder }: PipelineParts,
): Promise<Autoencode> {
  const folder = join(model, 'vae_encoder');
  const config = v.parse(configSchema, JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')));
  const bytes = new Uint8Array(readFileSync(join(folder, 'model.onnx')));
  const graph = await runtime.open(bytes, 'vae_encoder/model.onnx');
  return async (picture) => {
    const outputs = await graph.run({ [graph.inputs[0]!.name]: signedPlanes(picture) });
    const { data, dims } = Object.values(outputs)[0]!;
    return decoder.decode({ data: data.map((x) => x * config.scaling_factor), dims: dims.slice(1) });
  };
}

/** RGBA bytes to [1, 3, height, width] in -1..1. */
function signedPlanes({ width, height, pixels }: Picture) {
  const count = width * height;
  const data = new Float32Array(3 * count);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) data[c * count + i] = pixels[i * 4 + c]! / 127.5 - 1;
  }
  return { data, dims: [1, 3, height, width] };
}

/** Renders a sample, sends it through the autoencoder, and lets the shipped reader read both pictures. */
export async function roundTrip(
  autoencode: Autoencode,
  { reader, attributes }: PipelineParts,
  seed: number,
  sample: Sample,
): Promise<RoundTrip> {
  if (!reader) throw new RangeError('This model ships no reader, so there is none to measure.');
  const clean = render(sample);
  const decoded = await autoencode(clean);
  const [before, after] = [await reader.read(clean), await reader.read(decoded)];
  return {
    seed,
    squaredError: meanSquaredError(clean, decoded),
    people: describePicture(sample.picture).map((truth) => ({
      truth: Object.fromEntries(attributes.map(({ id }) => [id, truthOf(truth, id)])),
      clean: guessOf(before, truth, attributes),
      decoded: guessOf(after, truth, attributes),
    })),
  };
}

/** What was read of the person whose head lies there; null if nobody was found. */
function guessOf(
  people: readonly PersonReading[],
  { head }: PersonLabels,
  attributes: readonly AttributeInfo[],
): Record<string, Guess> | null {
  const person = people.find(
    ({ box: [x, y, w, h] }) =>
      Math.abs(x + w / 2 - head.x - head.w / 2) < head.w / 2 &&
      Math.abs(y + h / 2 - head.y - head.h / 2) < head.h / 2,
  );
  if (!person) return null;
  return Object.fromEntries(
    attributes.map(({ id, values }) => [id, likeliest(person.attributes[id]!, values)]),
  );
}

/** The true value id; null for androgynous people, of whom a reader of women and men has no right answer. */
function truthOf(truth: PersonLabels, attribute: string): string | null {
  const values: Readonly<Record<string, unknown>> = { ...truth };
  const value = values[attribute];
  return typeof value === 'string' ? value : null;
}

function meanSquaredError(a: Picture, b: Picture): number {
  let sum = 0;
  for (let i = 0; i < a.pixels.length; i++) sum += (a.pixels[i]! - b.pixels[i]!) ** 2;
  // The fourth channel is opaque in both.
  return sum / (3 * a.width * a.height);
}
