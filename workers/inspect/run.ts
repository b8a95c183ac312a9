import { EvenhandError, errorFrom } from '../../src/core/errors';
import type { PipelineParts } from '../pipeline/parts';
import { runRequest } from '../pipeline/run';
import type { LaneWeights } from '../pipeline/weights';
import type { Projector } from '../projector/types';
import type { ImageResult } from '../protocol';
import { type Recording, recorded } from './probing';
import type { InspectedImage, InspectedToken, InspectJob, InspectProgress, Pixels } from './types';

/** A method may write so many more tokens into the prompt than its author did (SD-EI's longest sentence has 20). */
const REWRITTEN = 24;
/** Pictures up to this side are decoded at every step; larger ones would take seconds each and are guessed linearly. */
const DECODED_SIDE = 256;

/**
 * Draws one image of a run again, alone, and writes down every step: the picture as it was guessed, and which pixels look at which
 * words. Alone in its batch it may differ from the run's in the last bits, as across backends.
 * @throws EvenhandError 'cancelled' when the signal comes, 'request-invalid' for an image that the request does not have, and what
 * made the drawing fail.
 */
export async function inspectImage(
  parts: PipelineParts,
  { request, laneId, index }: InspectJob,
  projectors: readonly Projector[],
  onProgress: (progress: InspectProgress) => void,
  signal: AbortSignal,
): Promise<InspectedImage> {
  const lane = request.lanes.find(({ id }) => id === laneId);
  if (!lane || request.seeds[index] === undefined) throw notThere();
  const weights = await parts.weights.of(request.variant, lane.delta, () => {});
  const { unet } = weights.denoiser;
  const rows = unet.can('probes') ? rowsOf(weights, weights.promptFor(request.prompt)) : [];
  const recording: Recording = { steps: [], layers: [] };
  let image: ImageResult | undefined;
  const outcome = await runRequest(
    parts,
    { ...request, lanes: [lane], only: [index], batchSize: 1 },
    (event) => {
      if (event.type === 'image') image = event.image;
      if (event.type === 'progress') {
        // The last tick is the finished image's.
        onProgress({ done: recording.steps.length, total: Math.max(request.steps, recording.steps.length) });
      }
    },
    signal,
    projectors,
    (method) => recorded(method, index, rows, recording),
  );
  if (outcome.type === 'cancelled') throw cancelled();
  if (outcome.type === 'failed') throw errorFrom(outcome.error);
  if (!image) throw notThere();
  const steps = [];
  for (const { clean, ...step } of recording.steps) {
    if (signal.aborted) throw cancelled();
    steps.push({ ...step, preview: await pictureOf(parts, clean) });
  }
  const prompts = [...new Set(steps.map(({ prompt }) => prompt))];
  return {
    image,
    ...(rows.length === 0 && { withoutMaps: reasonWithout(() => unet.require('probes')) }),
    tokens: Object.fromEntries(prompts.map((prompt) => [prompt, tokensOf(weights, prompt)])),
    layers: recording.layers,
    steps,
  };
}

/** Rows of the text from the start token to the end token, and some behind for words that a method adds. */
function rowsOf({ tokenizer }: LaneWeights, prompt: string): readonly number[] {
  const { eos } = tokenizer.encode(prompt);
  return Array.from({ length: Math.min(tokenizer.maxTokens, eos + 1 + REWRITTEN) }, (_, row) => row);
}

function tokensOf({ tokenizer }: LaneWeights, prompt: string): readonly InspectedToken[] {
  const { eos } = tokenizer.encode(prompt);
  return [
    { kind: 'start', text: 'start', rows: [0] },
    ...tokenizer.words(prompt).map(({ text, rows }): InspectedToken => ({ kind: 'word', text, rows })),
    { kind: 'end', text: 'end', rows: [eos] },
  ];
}

async function pictureOf(
  { decoder, previewer }: PipelineParts,
  clean: Parameters<PipelineParts['decoder']['decode']>[0],
): Promise<Pixels> {
  const [, height = 0, width = 0] = clean.dims;
  const decoded = Math.max(height, width) * 8 <= DECODED_SIDE || !previewer.ready;
  return decoded ? decoder.decode(clean) : previewer.draw(clean);
}

function reasonWithout(require: () => void): string {
  try {
    require();
    return '';
  } catch (error) {
    return error instanceof EvenhandError ? error.message : String(error);
  }
}

function cancelled(): EvenhandError {
  return new EvenhandError(
    'cancelled',
    'Looking into this image was stopped.',
    'Start it again when you like.',
  );
}

function notThere(): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    'This run has no such image, so it cannot be looked into.',
    'Generate the run anew.',
  );
}
