import { EvenhandError } from '../../src/core/errors';
import { firstRepeated } from '../../src/core/repeated';
import type { RunRequest } from '../protocol';

const LARGEST_SEED = 2 ** 32 - 1;
const MOST_IMAGES = 10_000;
const LARGEST_BATCH = 64;

/**
 * Checks what the page (or a link, or a script) asks for before any work is done.
 * The number of steps is checked by the scheduler, which knows how many the model was trained on.
 * @throws EvenhandError 'prompt-empty' or 'request-invalid', naming the place.
 */
export function checkRequest(request: RunRequest): void {
  const { prompt, seeds, guidanceScale, batchSize, lanes } = request;
  if (prompt.trim() === '') {
    throw new EvenhandError(
      'prompt-empty',
      'The prompt is empty, so there is nothing to draw.',
      'Write what should be in the picture, for example "a photo of a doctor".',
    );
  }
  if (seeds.length === 0) throw invalid('seeds: no image is asked for', 'Ask for at least one image.');
  if (seeds.length > MOST_IMAGES) {
    throw invalid(
      `seeds: ${seeds.length} images are more than one run can hold`,
      `Ask for at most ${MOST_IMAGES}.`,
    );
  }
  seeds.forEach((seed, i) => {
    if (isWhole(seed, 0, LARGEST_SEED)) return;
    throw invalid(`seeds.${i}: ${seed} is no seed`, `Use whole numbers from 0 to ${LARGEST_SEED}.`);
  });
  const outside = request.only?.find((index) => !isWhole(index, 0, seeds.length - 1));
  if (outside !== undefined || request.only?.length === 0) {
    throw invalid(
      `only: ${outside ?? 'nothing'} is no position in seeds`,
      'Leave it out to draw every image.',
    );
  }
  if (!(guidanceScale >= 0 && guidanceScale <= 100)) {
    throw invalid(`guidanceScale: ${guidanceScale} is out of range`, 'Use a number from 0 to 100.');
  }
  if (!isWhole(batchSize, 1, LARGEST_BATCH)) {
    throw invalid(
      `batchSize: ${batchSize} is out of range`,
      `Use a whole number from 1 to ${LARGEST_BATCH}.`,
    );
  }
  if (lanes.length === 0) throw invalid('lanes: there is none', 'Add a lane.');
  const ids = lanes.map(({ id }) => id);
  const twice = firstRepeated(ids);
  for (const [i, { delta }] of lanes.entries()) {
    if (!delta || (delta.strength >= 0 && delta.strength <= 1)) continue;
    throw invalid(
      `lanes.${i}.delta.strength: ${delta.strength} is out of range`,
      'Use a number from 0 to 1.',
    );
  }
  if (twice !== undefined) throw invalid(`lanes: two have the id "${twice}"`, 'Give every lane its own id.');
}

/** The positions that are to be drawn, in order and each once. */
export function indicesOf({ seeds, only }: RunRequest): readonly number[] {
  return only ? [...new Set(only)].sort((a, b) => a - b) : [...seeds.keys()];
}

function isWhole(value: number, low: number, high: number): boolean {
  return Number.isInteger(value) && value >= low && value <= high;
}

function invalid(what: string, nextStep: string): EvenhandError {
  return new EvenhandError('request-invalid', `The request cannot be run. At ${what}.`, nextStep);
}
