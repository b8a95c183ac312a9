import type { MethodSpec } from './method';

/**
 * What every method says of itself, found by its folder: data only, so the page can build its controls from it
 * without loading the code that runs.
 */
const found = import.meta.glob<MethodSpec>('./*/spec.ts', { eager: true, import: 'spec' });

/** In the order of the picker. */
export const METHOD_SPECS: readonly MethodSpec[] = Object.entries(found)
  .map(([path, spec]) => {
    const folder = path.split('/')[1];
    if (spec.id !== folder) throw new Error(`The method in the folder ${folder} calls itself "${spec.id}".`);
    return spec;
  })
  .sort((a, b) => a.order - b.order);

export function findSpec(id: string): MethodSpec | undefined {
  return METHOD_SPECS.find((spec) => spec.id === id);
}
