import { EvenhandError } from '../../src/core/errors';

/** @param why completes the sentence "The model file X is missing: ...". */
export function missingFile(
  path: string,
  source: string,
  why: string,
  options?: ErrorOptions,
): EvenhandError {
  return new EvenhandError(
    'model-missing',
    `The model file ${path} of ${source} is missing: ${why}.`,
    'Check that the whole model folder is at that address and that you are online, then load it again.',
    options,
  );
}

/** @param why completes the sentence "The model file X is damaged: ...". */
export function corruptFile(path: string, why: string, options?: ErrorOptions): EvenhandError {
  return new EvenhandError(
    'model-corrupt',
    `The model file ${path} is damaged: ${why}.`,
    'Load the model again to fetch a fresh copy; if it stays so, the copy on the server is the damaged one and has to be put there anew.',
    options,
  );
}
