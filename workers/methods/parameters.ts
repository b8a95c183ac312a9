import { EvenhandError } from '../../src/core/errors';
import type { Parameters, ParameterValue } from '../protocol';
import type { MethodSpec, ParameterSpec } from './method';

/**
 * The parameters a lane runs with: what was given, checked against the method's spec, and its defaults for the rest.
 * @throws EvenhandError 'method-parameter', naming the parameter and what it may be.
 */
export function resolveParameters(spec: MethodSpec, given: Parameters): Parameters {
  const unknown = Object.keys(given).find((id) => !spec.parameters.some((parameter) => parameter.id === id));
  if (unknown !== undefined) {
    throw wrong(spec, `has no parameter "${unknown}"`, 'Remove it, or choose the method that it belongs to.');
  }
  return Object.fromEntries(
    spec.parameters.map((parameter) => {
      const value = given[parameter.id] ?? parameter.default;
      const expected = expectation(parameter, value);
      if (expected === undefined) return [parameter.id, value];
      throw wrong(
        spec,
        `got ${JSON.stringify(value)} for its parameter "${parameter.id}"`,
        `Use ${expected}.`,
      );
    }),
  );
}

/** What the value should have been, or undefined if it is right. */
function expectation(parameter: ParameterSpec, value: ParameterValue): string | undefined {
  switch (parameter.type) {
    case 'number': {
      const fits = typeof value === 'number' && value >= parameter.min && value <= parameter.max;
      return fits ? undefined : `a number from ${parameter.min} to ${parameter.max}`;
    }
    case 'choice': {
      const options = parameter.options.map((option) => option.value);
      return options.some((option) => option === value) ? undefined : `one of ${options.join(', ')}`;
    }
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'projector':
      return typeof value === 'string' ? undefined : 'the id of a projector';
  }
}

function wrong(spec: MethodSpec, what: string, nextStep: string): EvenhandError {
  return new EvenhandError('method-parameter', `The method "${spec.title}" ${what}.`, nextStep);
}

/** A parameter that the spec declares as a choice or a projector. @throws TypeError when it is none: a mistake in the method's code. */
export function choiceOf(parameters: Parameters, id: string): string {
  const value = parameters[id];
  if (typeof value !== 'string') throw new TypeError(`The parameter ${id} is no choice.`);
  return value;
}

/** A parameter that the spec declares as a number. @throws TypeError when it is none: a mistake in the method's code. */
export function numberOf(parameters: Parameters, id: string): number {
  const value = parameters[id];
  if (typeof value !== 'number') throw new TypeError(`The parameter ${id} is no number.`);
  return value;
}

/** A parameter that the spec declares as yes or no. @throws TypeError when it is none: a mistake in the method's code. */
export function booleanOf(parameters: Parameters, id: string): boolean {
  const value = parameters[id];
  if (typeof value !== 'boolean') throw new TypeError(`The parameter ${id} is no yes or no.`);
  return value;
}
