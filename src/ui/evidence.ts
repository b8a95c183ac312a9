import type { MethodSpec } from '../../workers/methods/method';

/** How a citation of an idea begins: "After Choi et al., ...", "After Jiang, Lyu and Ma, ...", "After Kim, 2025". */
const AFTER = /^After (\p{Lu}[\p{L}-]*)( et al\.|, \p{Lu}[\p{L}-]*(?:,| and )| and )?/u;

/** "faithful", "ours", or "after Choi et al.": a method whose formula is ours says whose idea it is. */
export function evidenceLabel({ evidence, citation }: Pick<MethodSpec, 'evidence' | 'citation'>): string {
  if (evidence !== 'after') return evidence;
  const [, name, others] = AFTER.exec(citation) ?? [];
  if (name === undefined) return 'after';
  return others === undefined ? `after ${name}` : `after ${name} et al.`;
}
