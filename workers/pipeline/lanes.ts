import type { PreparedMethod } from '../methods/method';
import { resolveParameters } from '../methods/parameters';
import { loadMethod } from '../methods/runs';
import { wordFor } from '../methods/words';
import type { Projector } from '../projector/types';
import type { AttributeInfo, Lane, RunRequest } from '../protocol';
import type { TextEncoder } from './textEncoder';

export interface LaneContext {
  readonly request: RunRequest;
  readonly attributes: readonly AttributeInfo[];
  readonly textEncoder: TextEncoder;
  readonly model: { readonly title: string; readonly hash: string };
  readonly projectors: readonly Projector[];
  readonly signal: AbortSignal;
}

/**
 * Starts the method of a lane.
 * @throws EvenhandError 'method-unknown', 'method-parameter', or whatever the method itself throws.
 */
export async function prepareLane(lane: Lane, context: LaneContext): Promise<PreparedMethod> {
  const { spec, start } = await loadMethod(lane.method);
  const { request, attributes, textEncoder, model, projectors, signal } = context;
  return start(
    {
      prompt: request.prompt,
      targets: request.targets,
      attributes,
      wordFor,
      encode: (prompts) => textEncoder.encode(prompts),
      model,
      projector: (id) => projectors.find((projector) => projector.id === id),
      signal,
    },
    resolveParameters(spec, lane.parameters),
  );
}
