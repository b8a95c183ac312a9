import type { MethodSpec, ParameterSpec } from '../../workers/methods/method';
import { METHOD_SPECS } from '../../workers/methods/specs';
import type { Parameters, ParameterValue } from '../../workers/protocol';
import { EvenhandError } from '../core/errors';

/** Every method describes itself as data; the page reads that and never the code. In the order of the picker. */
export const METHODS: readonly MethodSpec[] = METHOD_SPECS;

export function methodById(id: string, methods: readonly MethodSpec[] = METHODS): MethodSpec | undefined {
  return methods.find((method) => method.id === id);
}

export function defaultParameters(spec: MethodSpec): Parameters {
  return Object.fromEntries(spec.parameters.map((parameter) => [parameter.id, parameter.default]));
}

/**
 * Parameters as a method can take them: what is missing gets its default.
 * @throws EvenhandError `method-parameter` naming the parameter that does not fit.
 */
export function checkParameters(spec: MethodSpec, given: Parameters): Parameters {
  const known = new Set(spec.parameters.map((parameter) => parameter.id));
  const stranger = Object.keys(given).find((id) => !known.has(id));
  if (stranger !== undefined) {
    throw parameterError(`${spec.title} has no setting named “${stranger}”.`);
  }
  return Object.fromEntries(
    spec.parameters.map((parameter) => {
      const value = given[parameter.id] ?? parameter.default;
      const issue = parameterIssue(parameter, value);
      if (issue !== null) throw parameterError(`${spec.title}, ${parameter.title}: ${issue}.`);
      return [parameter.id, value];
    }),
  );
}

function parameterIssue(parameter: ParameterSpec, value: ParameterValue): string | null {
  switch (parameter.type) {
    case 'number': {
      const { min, max } = parameter;
      const fits = typeof value === 'number' && Number.isFinite(value) && value >= min && value <= max;
      return fits ? null : `expected a number in ${min} to ${max}, got ${String(value)}`;
    }
    case 'choice':
      return parameter.options.some((option) => option.value === value)
        ? null
        : `expected one of ${parameter.options.map((option) => option.value).join(', ')}, got ${String(value)}`;
    case 'boolean':
      return typeof value === 'boolean' ? null : `expected true or false, got ${String(value)}`;
    case 'projector':
      return typeof value === 'string' ? null : `expected the id of a projector, got ${String(value)}`;
  }
}

const parameterError = (message: string): EvenhandError =>
  new EvenhandError(
    'method-parameter',
    message,
    'The method’s default is used instead; open Tune to change it.',
  );
