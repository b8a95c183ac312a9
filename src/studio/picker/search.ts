import type { ActsOn, MethodSpec } from '../../../workers/methods/method';
import type { DeltaInfo } from '../../../workers/protocol';
import { PLACES, placeTitle } from './acts';

/** Methods that act in one place; the base model, which acts in none, is a group of its own. */
export interface MethodGroup {
  /** undefined for the base model. */
  readonly acts: ActsOn | undefined;
  readonly title: string;
  readonly says: string;
  readonly methods: readonly MethodSpec[];
}

const BASE = { acts: undefined, title: 'No method', says: 'What the model draws when it is left alone.' };

/** In the order in which a picture passes by; places in which no method acts are left out. */
export function groupByPlace(methods: readonly MethodSpec[]): readonly MethodGroup[] {
  return [BASE, ...PLACES]
    .map((place) => ({ ...place, methods: methods.filter((spec) => spec.acts === place.acts) }))
    .filter((group) => group.methods.length > 0);
}

/** Those of which every word of the query stands somewhere: title, sentence, place, evidence, reference, parameters. */
export function searchMethods(query: string, methods: readonly MethodSpec[]): readonly MethodSpec[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return methods.filter((spec) => {
    const text = plain(textOf(spec));
    return words.every((word) => text.includes(word));
  });
}

/** Trained variants likewise: name, sentence, method, evidence, reference, words they learned. */
export function searchVariants(query: string, variants: readonly DeltaInfo[]): readonly DeltaInfo[] {
  const words = plain(query).split(/\s+/).filter(Boolean);
  return variants.filter(({ id, name, card }) => {
    const tokens = card?.tokens.map(({ token }) => token) ?? [];
    const about = card ? [card.summary, card.method, card.evidence, card.citation, ...tokens] : [];
    const text = plain(['trained variant lora', id, name, ...about].join(' '));
    return words.every((word) => text.includes(word));
  });
}

/** The one that Enter takes: whose own name or place is meant, before one that merely has the words in its reference. */
export function bestMatch(query: string, found: readonly MethodSpec[]): MethodSpec | undefined {
  const words = plain(query).split(/\s+/).filter(Boolean);
  const named = found.find((spec) => {
    const name = plain(`${spec.title} ${spec.id} ${placeTitle(spec.acts) ?? ''}`);
    return words.every((word) => name.includes(word));
  });
  return named ?? found[0];
}

function textOf(spec: MethodSpec): string {
  const parameters = spec.parameters.map(({ title }) => title);
  const place = placeTitle(spec.acts) ?? 'base';
  return [spec.title, spec.id, spec.summary, place, spec.evidence, spec.citation, ...parameters].join(' ');
}

/** Lower case and without accents, so that "Muller" finds "Müller". */
const plain = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
