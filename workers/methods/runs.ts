import { EvenhandError } from '../../src/core/errors';
import type { MethodSpec, StartMethod } from './method';
import { findSpec, METHOD_SPECS } from './specs';

const loaders = import.meta.glob<StartMethod>('./*/run.ts', { import: 'start' });

/**
 * The spec and the code of a method.
 * @throws EvenhandError 'method-unknown'.
 */
export async function loadMethod(id: string): Promise<{ spec: MethodSpec; start: StartMethod }> {
  const spec = findSpec(id);
  const load = loaders[`./${id}/run.ts`];
  if (!spec || !load) {
    throw new EvenhandError(
      'method-unknown',
      `There is no method "${id}" here.`,
      `Choose one of ${METHOD_SPECS.map(({ title }) => title).join(', ')}.`,
    );
  }
  return { spec, start: await load() };
}
