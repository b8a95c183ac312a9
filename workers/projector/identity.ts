import { sha256 } from 'hash-wasm';
import { EvenhandError } from '../../src/core/errors';
import type { Projector } from './types';

/**
 * First 16 hex digits of the SHA-256 over the model's hash and all numbers that the guidance uses. The name is no part of it, so
 * a projector can be renamed without breaking the lanes and pictures that refer to it.
 */
export async function projectorId({
  model,
  network,
  groups,
  classifier,
}: Pick<Projector, 'model' | 'network' | 'groups' | 'classifier'>): Promise<string> {
  const { w1, b1, w2, b2 } = network;
  const parts = [
    ...[w1, b1, w2, b2],
    ...groups.flatMap(({ prior, fair, stereotypical }) => [
      ...(prior ? [prior.fair, prior.stereotypical] : []),
      ...[fair, stereotypical],
    ]),
    ...(classifier ? [classifier.weights, classifier.bias] : []),
  ].map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength));
  const all = [new TextEncoder().encode(model.hash), ...parts];
  const bytes = new Uint8Array(all.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return (await sha256(bytes)).slice(0, 16);
}

/**
 * @throws EvenhandError 'method-parameter' when the projector was trained on another model: its numbers mean nothing in these latents,
 * even where their shape is the same.
 */
export function checkFits(
  projector: Projector,
  model: { readonly title: string; readonly hash: string },
): void {
  if (projector.model.hash === model.hash) return;
  const { title, hash } = projector.model;
  throw new EvenhandError(
    'method-parameter',
    `The projector “${projector.name}” was trained on ${title} (${hash.slice(0, 8)}), and the model loaded here is ${model.title} (${model.hash.slice(0, 8)}). A projector knows the latents of its own model only.`,
    'Choose a projector of this model, or train one on it.',
  );
}
