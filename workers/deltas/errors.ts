import { EvenhandError } from '../../src/core/errors';

/** @param why completes the sentence 'The variant "X" does not fit Y: ...'. */
export function misfit(name: string, path: string, why: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The variant "${name}" does not fit ${path}: ${why}.`,
    'Use it with the model that it was made for; this model was not touched.',
  );
}

/** @param why completes the sentence "The file X does not hold together: ...". */
export function broken(name: string, why: string): EvenhandError {
  return new EvenhandError(
    'model-corrupt',
    `The file ${name} does not hold together: ${why}.`,
    'Get the file anew from where it came from; the model itself was not touched.',
  );
}

/** @param why completes the sentence "The file X cannot be used: ...". */
export function unsupported(name: string, why: string): EvenhandError {
  return new EvenhandError(
    'model-unsupported',
    `The file ${name} cannot be used: ${why}.`,
    'Use a LoRA of Stable Diffusion 1 or 2 with pairs of lora_A and lora_B, or a learned token; the model itself was not touched.',
  );
}
