import { existsSync, readFileSync } from 'node:fs';
import { pictureQuality, skinMeasures } from '../../src/core/metrics/skin';
import { createScheduler } from '../../src/core/schedulers';
import { runAudit } from '../../workers/audit/run';
import { AUDIT_DEFAULTS } from '../../workers/methods/uce/audit';
import type { Picture } from '../../workers/pipeline/decoder';
import { folderSource } from '../../workers/pipeline/folderSource';
import { prepareLane } from '../../workers/pipeline/lanes';
import { loadPipeline, type Pipeline } from '../../workers/pipeline/pipeline';
import { rehearse } from '../../workers/pipeline/rehearsal';
import { readProjector } from '../../workers/projector/file';
import type { Projector } from '../../workers/projector/types';
import type { ImageResult, RunRequest, RunTimings } from '../../workers/protocol';
import type { Runtime } from '../../workers/runtime/runtime';
import { BATCH } from '../model/drawing';
import { type IndependentReader, openIndependentReader } from '../model/independentReader';
import type { DrawSettings } from '../model/jobs';
import { isBase } from './arms';
import { changeOf, type Looked, pixelsOf } from './change';
import { cosine, type MeasuringClip, openClip } from './clip';
import type {
  Answer,
  AuditJob,
  DrawAnswer,
  DrawJob,
  IdentityJob,
  Job,
  MeasuredPicture,
  TogetherJob,
} from './jobs';
import { type BasePictures, openPictures, type Which } from './pictures';

export interface WorkshopOptions {
  /** Folder of the exported model. */
  readonly model: string;
  /** Folder of the base lane's pictures. */
  readonly pictures: string;
  /** File of the projector that lanes may name; '' for none. */
  readonly projector: string;
}

/** Everything that a job needs, opened once. */
export async function createWorkshop(
  options: WorkshopOptions,
  runtime: Runtime,
): Promise<(job: Job) => Promise<Answer>> {
  const tools: Tools = {
    pipeline: await loadPipeline(folderSource(options.model), runtime, () => {}),
    reader: await openIndependentReader(runtime),
    clip: await openClip(runtime),
    pictures: openPictures(options.pictures),
    projectors: existsSync(options.projector) ? [await readProjector(readFileSync(options.projector))] : [],
    baseLooks: new Map(),
  };
  return (job) => {
    switch (job.kind) {
      case 'draw':
        return draw(tools, job);
      case 'audit':
        return audit(tools, job);
      case 'identity':
        return identity(tools, job);
      case 'together':
        return together(tools, job);
    }
  };
}

interface Tools {
  readonly pipeline: Pipeline;
  readonly reader: IndependentReader;
  readonly clip: MeasuringClip;
  readonly pictures: BasePictures;
  readonly projectors: readonly Projector[];
  readonly baseLooks: Map<string, Looked>;
}

/** 300 kB each. */
const KEPT_LOOKS = 1000;

type LaneJob = Pick<DrawJob, 'method' | 'parameters' | 'delta'>;

async function draw(tools: Tools, job: DrawJob): Promise<DrawAnswer> {
  const { prompt, settings } = job;
  const seeds = job.only.map((index) => job.seeds[index]!);
  const count = seeds.length;
  const text = await tools.clip.understand((await tools.pipeline.parts.textEncoder.encode([prompt]))[0]!);
  const baseOf = (seed: number) => tools.pictures.read({ prompt, seed, settings });
  if (job.mayBeBase && !isBase(job) && (await isBaseRun(tools, job))) {
    const pictures: MeasuredPicture[] = [];
    for (const seed of seeds) pictures.push(await measure(tools, job, seed, baseOf(seed), text));
    return {
      kind: 'drawn',
      pictures,
      unetEvaluations: settings.steps * (settings.guidanceScale === 1 ? 1 : 2),
    };
  }
  const { images, timings } = await run(tools, { ...job, lanes: [job] });
  const pictures: MeasuredPicture[] = [];
  for (const image of images) {
    if (isBase(job)) tools.pictures.keep({ prompt, seed: image.seed, settings }, image);
    pictures.push(await measure(tools, job, image.seed, image, text));
  }
  const milliseconds = timings.encode + timings.denoise + timings.decode;
  return {
    kind: 'drawn',
    pictures,
    unetEvaluations: timings.unetEvaluations / count,
    seconds: milliseconds / 1000 / count,
  };
}

async function measure(
  tools: Tools,
  job: DrawJob,
  seed: number,
  picture: Picture,
  text: Float32Array,
): Promise<MeasuredPicture> {
  const own = await look(tools, seed, picture);
  const { prompt, settings } = job;
  const [head] = own.people;
  const skin = head && skinMeasures(pixelsOf(picture), head.box);
  return {
    ...{ seed, people: own.people, clipT: cosine(own.seen.embedding, text) },
    ...(!isBase(job) && {
      change: changeOf(await baseLook(tools, { prompt, seed, settings }), own),
    }),
    ...(job.skin && skin && { skin: { ...skin, ...pictureQuality(pixelsOf(picture)) } }),
  };
}

async function look({ reader, clip }: Tools, seed: number, picture: Picture): Promise<Looked> {
  const { people } = await reader.read(seed, picture);
  return { picture, people, seen: await clip.see(picture) };
}

/** A base picture is looked at once, however many lanes are compared with it here. */
async function baseLook(tools: Tools, which: Which): Promise<Looked> {
  const key = JSON.stringify([which.prompt, which.seed, which.settings]);
  const known = tools.baseLooks.get(key);
  if (known) return known;
  const looked = await look(tools, which.seed, tools.pictures.read(which));
  const oldest = tools.baseLooks.keys().next();
  if (tools.baseLooks.size >= KEPT_LOOKS && !oldest.done) tools.baseLooks.delete(oldest.value);
  tools.baseLooks.set(key, looked);
  return looked;
}

/** Whether the method hooks into none of these images. */
async function isBaseRun({ pipeline, projectors }: Tools, job: DrawJob): Promise<boolean> {
  const request = requestOf({ ...job, lanes: [job] });
  const signal = new AbortController().signal;
  const scheduler = createScheduler(request.scheduler, pipeline.parts.schedulerConfig, request.steps);
  const lane = request.lanes[0]!;
  const weights = await pipeline.parts.weights.of(request.variant, lane.delta, () => {});
  const prepared = await prepareLane(lane, {
    ...pipeline.parts,
    request,
    weights,
    projectors,
    signal,
    rehearse: (rehearsal) =>
      rehearse({ parts: pipeline.parts, weights, request, scheduler, signal }, rehearsal, () => {}),
  });
  return job.seeds.every((seed, index) =>
    Object.keys(prepared.image({ index, seed })).every((key) => key === 'trace'),
  );
}

async function audit({ pipeline }: Tools, job: AuditJob): Promise<Answer> {
  const { seeds: _seeds, lanes: _lanes, ...request } = requestOf({ ...job, seeds: [], lanes: [] });
  const { attribute, images, seed, rounds } = job;
  const options = { ...AUDIT_DEFAULTS, rounds };
  const asked = { request, attribute, parameters: {}, images, seed, options };
  return { kind: 'audited', ...(await runAudit(pipeline, asked, () => {}, new AbortController().signal)) };
}

async function identity(tools: Tools, job: IdentityJob): Promise<Answer> {
  const { images } = await run(tools, { ...job, lanes: [{ method: 'base', parameters: {} }, job] });
  const of = (laneId: string) =>
    images
      .filter((image) => image.laneId === laneId)
      .map(({ pixels }) => Buffer.from(pixels).toString('base64'));
  const [base, own] = [of('0'), of('1')];
  return {
    kind: 'identity',
    same: base.length === job.seeds.length && base.every((pixels, i) => pixels === own[i]),
  };
}

async function together(tools: Tools, job: TogetherJob): Promise<Answer> {
  const evaluations = async (lanes: readonly LaneJob[]) =>
    (await run(tools, { ...job, lanes })).timings.unetEvaluations;
  let apart = 0;
  for (const lane of job.lanes) apart += await evaluations([lane]);
  return { kind: 'together', together: await evaluations(job.lanes), apart };
}

interface Wanted {
  readonly prompt: string;
  readonly seeds: readonly number[];
  readonly only?: readonly number[];
  readonly settings: DrawSettings;
  readonly lanes: readonly LaneJob[];
}

function requestOf({ prompt, seeds, only, settings, lanes }: Wanted): RunRequest {
  const { variant, ...rest } = settings;
  return {
    ...{ prompt, seeds, ...rest, batchSize: BATCH, targets: [] },
    ...(only && { only }),
    ...(variant !== undefined && { variant }),
    lanes: lanes.map(({ method, parameters, delta }, i) => ({
      ...{ id: String(i), name: method, method, parameters },
      ...(delta && { delta: { id: delta.id, strength: delta.strength } }),
    })),
  };
}

/** @returns the images, lane by lane and in the order of the seeds. @throws Error if any is missing: it must never go uncounted. */
async function run(
  { pipeline, projectors }: Tools,
  wanted: Wanted,
): Promise<{ images: readonly ImageResult[]; timings: RunTimings }> {
  const images: ImageResult[] = [];
  const failures: string[] = [];
  const outcome = await pipeline.runRequest(
    requestOf(wanted),
    (event) => {
      if (event.type === 'image') images.push(event.image);
      if (event.type === 'lane-failed') failures.push(`${event.error.message} ${event.error.detail ?? ''}`);
    },
    new AbortController().signal,
    projectors,
  );
  const due = (wanted.only ?? wanted.seeds).length * wanted.lanes.length;
  if (outcome.type !== 'done' || images.length !== due) {
    const lanes = wanted.lanes.map(({ method }) => method).join(', ');
    throw new Error(
      `${lanes} on "${wanted.prompt}" gave ${images.length} of ${due} images: ${failures.join('; ')} ${JSON.stringify(outcome)}`,
    );
  }
  const sorted = images.sort((a, b) => Number(a.laneId) - Number(b.laneId) || a.index - b.index);
  return { images: sorted, timings: outcome.timings };
}
