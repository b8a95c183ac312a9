import type { PreparedMethod, Rehearsal } from '../methods/method';
import { resolveParameters } from '../methods/parameters';
import { loadMethod } from '../methods/runs';
import { wordFor } from '../methods/words';
import type { Reader } from '../perception/reader';
import type { Projector } from '../projector/types';
import type { AttributeInfo, Lane, RunRequest } from '../protocol';
import type { Decoder } from './decoder';
import { mixingScale } from './guidance';
import type { Remembered } from './remembered';
import type { LaneWeights } from './weights';

export interface LaneContext {
  readonly request: RunRequest;
  readonly attributes: readonly AttributeInfo[];
  readonly weights: LaneWeights;
  readonly model: { readonly title: string; readonly hash: string };
  readonly projectors: readonly Projector[];
  readonly signal: AbortSignal;
  rehearse(rehearsal: Rehearsal): Promise<void>;
  readonly remembered: Remembered;
  readonly decoder: Decoder;
  readonly reader: Reader | undefined;
}

/**
 * Starts the method of a lane.
 * @throws EvenhandError 'method-unknown', 'method-parameter', 'model-unsupported' for what the UNet cannot give, or whatever the method itself throws.
 */
export async function prepareLane(lane: Lane, context: LaneContext): Promise<PreparedMethod> {
  const { spec, start } = await loadMethod(lane.method);
  const { request, attributes, weights, model, projectors, signal, decoder, reader } = context;
  const { tokenizer, textEncoder, denoiser, key: drawnWith } = weights;
  const { steps, scheduler, guidanceScale, variant = '' } = request;
  const parameters = resolveParameters(spec, lane.parameters);
  for (const capability of spec.needs ?? []) denoiser.unet.require(capability);
  return start(
    {
      prompt: weights.promptFor(request.prompt),
      steps,
      guidanceScale: mixingScale(denoiser, guidanceScale),
      targets: request.targets,
      attributes,
      wordFor,
      encode: (prompts) => textEncoder.encode(prompts),
      words: tokenizer.words,
      unet: denoiser.unet,
      rehearse: context.rehearse,
      remember: (key, make) =>
        context.remembered(
          JSON.stringify([spec.id, variant, drawnWith, steps, scheduler, guidanceScale, key]),
          make,
        ),
      model,
      projector: (id) => projectors.find((projector) => projector.id === id),
      ...(reader && {
        async readPeople(latent) {
          const picture = await decoder.decode(latent);
          return { width: picture.width, height: picture.height, people: await reader.read(picture) };
        },
      }),
      signal,
    },
    parameters,
  );
}
