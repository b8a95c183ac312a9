import { EvenhandError } from '../src/core/errors';

/** @param why a whole sentence about the file. */
export function cannotQuantize(path: string, why: string, nextStep: string): EvenhandError {
  return new EvenhandError('model-unsupported', `${path} cannot be quantized: ${why}`, nextStep);
}

export function badArguments(message: string, nextStep: string): EvenhandError {
  return new EvenhandError('request-invalid', message, nextStep);
}
