import type { MethodSpec } from '../methods/method';
import type { Parameters } from '../protocol';

/** How a method is told to do nothing: its run must then be the base lane's, bit for bit. */
export interface Identity {
  readonly parameters: Parameters;
  /** A prompt that needs no help, for methods that have no setting for it. */
  readonly prompt?: string;
}

const OWN: Readonly<Record<string, Identity | null>> = {
  'attribute-prompt': { parameters: {}, prompt: 'a photo of a female doctor' },
  'attribute-switching': { parameters: { switchAfter: 1 } },
  /** Nothing is edited until an audit has found weights. */
  uce: { parameters: {} },
  /** Appends its sentence to every prompt: there is no way to ask it for nothing. */
  'sd-ei': null,
};

/** Of any method whose pull is one number. */
const PULLS = ['strength', 'scale'];

/**
 * @returns null for a method that always acts.
 * @throws RangeError for one of which it is not known: give it a parameter "strength" that may be 0, or a line above.
 */
export function identityOf({ id, parameters }: MethodSpec): Identity | null {
  const own = OWN[id];
  if (own !== undefined) return own;
  const pull = parameters.find((one) => one.type === 'number' && PULLS.includes(one.id) && one.min === 0);
  if (pull) return { parameters: { [pull.id]: 0 } };
  throw new RangeError(`How the method ${id} is told to do nothing is not known.`);
}
