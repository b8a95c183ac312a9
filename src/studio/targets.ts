import type { AttributeInfo, Target } from '../../workers/protocol';

/**
 * Attributes with a target by default: equal shares. Others (glasses, occupation ...) have none until the user sets
 * one, since equal shares of occupations would answer no question.
 */
const WITH_TARGET: ReadonlySet<string> = new Set(['gender', 'tone', 'age']);

export function equalTarget(attribute: AttributeInfo): Target {
  const share = 1 / attribute.values.length;
  return {
    attribute: attribute.id,
    shares: Object.fromEntries(attribute.values.map((value) => [value.id, share])),
  };
}

/** The target in force, or null where the attribute has none. A stored target with other values is not used. */
export function targetOf(attribute: AttributeInfo, chosen: readonly Target[]): Target | null {
  const own = chosen.find((target) => target.attribute === attribute.id);
  if (own && attribute.values.every((value) => own.shares[value.id] !== undefined)) return own;
  return WITH_TARGET.has(attribute.id) ? equalTarget(attribute) : null;
}

export function allTargets(
  attributes: readonly AttributeInfo[],
  chosen: readonly Target[],
): readonly Target[] {
  return attributes.flatMap((attribute) => targetOf(attribute, chosen) ?? []);
}

/**
 * Moves one share and scales the others so that the sum stays 1.
 * @param share wanted share of `value`, clamped to 0..1.
 */
export function withShare(target: Target, value: string, share: number): Target {
  const wanted = Math.min(1, Math.max(0, share));
  const others = Object.entries(target.shares).filter(([id]) => id !== value);
  const rest = others.reduce((sum, [, s]) => sum + s, 0);
  const scaled = others.map(([id, s]) => [
    id,
    rest > 0 ? (s / rest) * (1 - wanted) : (1 - wanted) / others.length,
  ]);
  return { ...target, shares: { ...target.shares, ...Object.fromEntries(scaled), [value]: wanted } };
}
