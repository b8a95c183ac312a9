import type { ModelPlace } from '../models/types';
import { parseJson } from '../pipeline/config';
import { folderSource } from '../pipeline/folderSource';
import { MANIFEST } from '../pipeline/manifest';
import { loadPipeline, type Pipeline } from '../pipeline/pipeline';
import type { ModelSource } from '../pipeline/source';
import type { Projector } from '../projector/types';
import type { Lane, RunEvent, RunOutcome, RunRequest } from '../protocol';
import { createNodeRuntime } from '../runtime/node';

/** Test helpers around the tiny pipeline of random weights (training/golden): real graphs, a millisecond a step. */

export const TINY = 'workers/pipeline/golden/tiny';
export const PEOPLE = 'public/models/people';

/** The tiny model as the engine is asked for it, and the source that finds it on disk. */
export const TINY_PLACE: ModelPlace = { kind: 'url', baseUrl: TINY };
export const openOnDisk = (place: ModelPlace): ModelSource =>
  folderSource(place.kind === 'url' ? place.baseUrl : place.name);

export async function openPipeline(folder: string): Promise<Pipeline> {
  return loadPipeline(folderSource(folder), await createNodeRuntime(1), () => {});
}

/** The path of the second UNet of `withFewSteps`. */
export const FAST_UNET = 'unet_fast/model.onnx';

/**
 * The same model with a few-step variant: its UNet once more under another path, listed in the manifest.
 * @param changes of the manifest's entry of the variant.
 */
export function withFewSteps(folder: string, changes: Readonly<Record<string, unknown>> = {}): ModelSource {
  const source = folderSource(folder);
  return {
    name: folder,
    async read(path, onBytes) {
      if (path === FAST_UNET) return source.read('unet/model.onnx', onBytes);
      const bytes = await source.read(path, onBytes);
      if (path !== MANIFEST) return bytes;
      const manifest = parseJson(bytes, path) as { files: { path: string }[] };
      const unet = manifest.files.find((file) => file.path === 'unet/model.onnx');
      const defaults = { steps: 4, guidanceScale: 1, scheduler: 'ddim' };
      const variant = { id: 'fast', title: 'Few steps', unet: FAST_UNET, defaults, ...changes };
      const files = [...manifest.files, { ...unet, path: FAST_UNET }];
      return new TextEncoder().encode(JSON.stringify({ ...manifest, files, variants: [variant] }));
    },
  };
}

export function lane(method: string, parameters: Lane['parameters'] = {}, id = method): Lane {
  return { id, name: id, method, parameters };
}

export function request(changes: Partial<RunRequest> = {}): RunRequest {
  return {
    prompt: 'a photo of a doctor',
    seeds: [1, 2],
    steps: 3,
    guidanceScale: 3,
    scheduler: 'ddim',
    batchSize: 2,
    lanes: [lane('base')],
    targets: [],
    ...changes,
  };
}

export interface Recorded {
  readonly outcome: RunOutcome;
  readonly events: readonly RunEvent[];
  readonly images: readonly Extract<RunEvent, { type: 'image' }>['image'][];
}

/** Runs a request and keeps everything that was emitted. @param onEvent may cancel. */
export async function record(
  pipeline: Pipeline,
  asked: RunRequest,
  onEvent: (event: RunEvent, cancel: () => void) => void = () => {},
  projectors: readonly Projector[] = [],
): Promise<Recorded> {
  const controller = new AbortController();
  const events: RunEvent[] = [];
  const outcome = await pipeline.runRequest(
    asked,
    (event) => {
      events.push(event);
      onEvent(event, () => controller.abort());
    },
    controller.signal,
    projectors,
  );
  const images = events.flatMap((event) => (event.type === 'image' ? [event.image] : []));
  return { outcome, events, images };
}
