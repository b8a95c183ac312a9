import * as v from 'valibot';
import { EvenhandError } from '../../src/core/errors';
import { projectorId } from './identity';
import { pooledDims } from './pool';
import type { GroupPrior, Projector } from './types';

/**
 * A projector as a file: safetensors, which Python reads too (8 bytes of header length, a JSON header, float32 data without gaps).
 * What is no tensor stands as JSON under the key "projector" of `__metadata__`.
 */

const VERSION = 1;
/** More header than any projector has; a file that claims more is another one. */
const LONGEST_HEADER = 1 << 20;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const positive = v.pipe(v.number(), v.gtValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096));
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const factsSchema = v.object({
  version: v.literal(VERSION),
  name,
  source: v.string(),
  createdAt: v.number(),
  model: v.object({ title: v.string(), hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  latentDims: v.tuple([count, count, count]),
  tau: positive,
  groups: v.pipe(
    v.array(
      v.object({
        id: name,
        title: name,
        separation: v.exactOptional(v.object({ auc: share, low: share, high: share, heldOut: count })),
      }),
    ),
    v.minLength(1),
    v.maxLength(64),
  ),
  training: v.object({ steps: count, seed: v.number(), losses: v.array(v.number()) }),
});

const headerSchema = v.objectWithRest(
  { __metadata__: v.object({ projector: v.string() }) },
  v.object({
    dtype: v.literal('F32'),
    shape: v.array(v.pipe(v.number(), v.integer(), v.minValue(0))),
    data_offsets: v.tuple([v.pipe(v.number(), v.integer(), v.minValue(0)), v.pipe(v.number(), v.integer())]),
  }),
);

interface Named {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export function writeProjector(projector: Projector): Uint8Array<ArrayBuffer> {
  const { name, source, createdAt, model, latentDims, tau, training } = projector;
  const groups = projector.groups.map(({ id, title, separation }) => ({
    id,
    title,
    ...(separation && { separation }),
  }));
  const facts = { version: VERSION, name, source, createdAt, model, latentDims, tau, groups, training };
  const tensors = tensorsOf(projector);
  const header: Record<string, unknown> = { __metadata__: { projector: JSON.stringify(facts) } };
  let end = 0;
  for (const [key, { shape, data }] of tensors) {
    header[key] = { dtype: 'F32', shape, data_offsets: [end, end + data.byteLength] };
    end += data.byteLength;
  }
  const text = JSON.stringify(header);
  // Padded with spaces, so that the numbers begin at a multiple of 8 bytes.
  const head = new TextEncoder().encode(text.padEnd(text.length + ((8 - (byteLength(text) % 8)) % 8)));
  const bytes = new Uint8Array(8 + head.length + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(head.length), true);
  bytes.set(head, 8);
  let at = 8 + head.length;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/** @throws EvenhandError 'metadata-invalid', saying what is wrong with the file. */
export async function readProjector(bytes: Uint8Array): Promise<Projector> {
  const { facts, tensors } = parse(bytes);
  const inputs = pooledDims(facts.latentDims).reduce((a, b) => a * b);
  const hidden = tensors.get('b1')?.shape[0] ?? 0;
  const outputs = tensors.get('b2')?.shape[0] ?? 0;
  const take = (key: string, ...shape: readonly number[]): Float32Array => {
    const found = tensors.get(key);
    if (!found) throw damaged(`it lacks the tensor ${key}`);
    if (found.shape.length !== shape.length || shape.some((side, i) => side !== found.shape[i])) {
      throw damaged(`its tensor ${key} is [${found.shape.join(', ')}] where [${shape.join(', ')}] fits`);
    }
    return found.data;
  };
  const rows = (key: string) => take(key, tensors.get(key)?.shape[0] ?? 0, inputs);
  const groups = facts.groups.map((group, i): GroupPrior => {
    const prior = tensors.has(`groups.${i}.prior.fair`) && {
      fair: take(`groups.${i}.prior.fair`, outputs),
      stereotypical: take(`groups.${i}.prior.stereotypical`, outputs),
    };
    return {
      ...group,
      ...(prior && { prior }),
      fair: rows(`groups.${i}.fair`),
      stereotypical: rows(`groups.${i}.stereotypical`),
    };
  });
  const classifier = facts.groups.length > 1 && {
    weights: take('classifier.weights', inputs, facts.groups.length),
    bias: take('classifier.bias', facts.groups.length),
  };
  const { name, source, createdAt, model, latentDims, tau, training } = facts;
  const projector = {
    ...{ name, source, createdAt, model, latentDims, tau, training, groups },
    network: {
      inputs,
      hidden,
      outputs,
      w1: take('w1', inputs, hidden),
      b1: take('b1', hidden),
      w2: take('w2', hidden, outputs),
      b2: take('b2', outputs),
    },
    ...(classifier && { classifier }),
  };
  return { ...projector, id: await projectorId(projector) };
}

function tensorsOf({ network, groups, classifier }: Projector): Map<string, Named> {
  const { inputs, hidden, outputs, w1, b1, w2, b2 } = network;
  const tensors = new Map<string, Named>([
    ['w1', { shape: [inputs, hidden], data: w1 }],
    ['b1', { shape: [hidden], data: b1 }],
    ['w2', { shape: [hidden, outputs], data: w2 }],
    ['b2', { shape: [outputs], data: b2 }],
  ]);
  for (const [i, { prior, fair, stereotypical }] of groups.entries()) {
    if (prior) {
      tensors.set(`groups.${i}.prior.fair`, { shape: [outputs], data: prior.fair });
      tensors.set(`groups.${i}.prior.stereotypical`, { shape: [outputs], data: prior.stereotypical });
    }
    tensors.set(`groups.${i}.fair`, { shape: [fair.length / inputs, inputs], data: fair });
    tensors.set(`groups.${i}.stereotypical`, {
      shape: [stereotypical.length / inputs, inputs],
      data: stereotypical,
    });
  }
  if (classifier) {
    tensors.set('classifier.weights', { shape: [inputs, groups.length], data: classifier.weights });
    tensors.set('classifier.bias', { shape: [groups.length], data: classifier.bias });
  }
  return tensors;
}

function parse(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.length < 8 ? -1 : Number(view.getBigUint64(0, true));
  if (length < 2 || length > LONGEST_HEADER || 8 + length > bytes.length) {
    throw damaged('it is no safetensors file, or a part of one');
  }
  const header = v.safeParse(headerSchema, json(bytes.subarray(8, 8 + length)));
  if (!header.success) throw damaged('its header is not that of a projector', v.summarize(header.issues));
  const { __metadata__: metadata, ...entries } = header.output;
  const facts = v.safeParse(factsSchema, json(new TextEncoder().encode(metadata.projector)));
  if (!facts.success) throw damaged('what it says of itself does not fit', v.summarize(facts.issues));

  const tensors = new Map<string, Named>();
  let covered = 0;
  const inOrder = Object.entries(entries).sort(([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0]);
  for (const [key, { shape, data_offsets: offsets }] of inOrder) {
    const [start, end] = offsets;
    const size = 4 * shape.reduce((a, b) => a * b, 1);
    if (start !== covered || end !== start + size || 8 + length + end > bytes.length) {
      throw damaged(`its tensor ${key} does not lie where its header says`);
    }
    covered = end;
    const data = new Float32Array(size / 4);
    // As bytes: the numbers of a file need not begin at a multiple of 4 of its buffer.
    new Uint8Array(data.buffer).set(bytes.subarray(8 + length + start, 8 + length + end));
    if (!data.every(Number.isFinite)) throw damaged(`its tensor ${key} holds numbers that are none`);
    tensors.set(key, { shape, data });
  }
  if (8 + length + covered !== bytes.length) throw damaged('it is longer than its header says');
  return { facts: facts.output, tensors };
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw damaged('its header is no JSON', String(cause));
  }
}

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function damaged(why: string, detail?: string): EvenhandError {
  return new EvenhandError(
    'metadata-invalid',
    `This file is no projector that can be used: ${why}.`,
    'Choose a .safetensors file that was saved by Evenhand, or train the projector again.',
    { cause: detail },
  );
}
