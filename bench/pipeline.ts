import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline, type Pipeline } from '../workers/pipeline/pipeline';
import type { RunTimings } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions } from './lib/options';
import { type Figure, figure, writeReport } from './lib/report';

/** More than this share of a step outside the UNet's session.run would be worth moving to the GPU (design, section 5). */
const OUTSIDE_TARGET_PERCENT = 3;

/**
 * What a picture costs, by stage, in Node (onnxruntime-node, CPU).
 *   node scripts/run.mjs bench/pipeline.ts --repeats 5 --batch 4 --threads 2
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    model: 'public/models/people',
    repeats: '5',
    batch: '4',
    threads: '2',
    steps: '20',
  });
  const batch = Number(options.batch);
  const steps = Number(options.steps);
  const repeats = Number(options.repeats);

  const loads: number[] = [];
  let pipeline: Pipeline | undefined;
  for (let i = 0; i < 3; i++) {
    await pipeline?.close();
    const start = performance.now();
    pipeline = await loadPipeline(
      folderSource(options.model),
      await createNodeRuntime(Number(options.threads)),
      () => {},
    );
    loads.push(performance.now() - start);
  }
  if (!pipeline) return;
  await runOnce(pipeline, batch, 2); // Warms up, and teaches the previewer.
  const timings: RunTimings[] = [];
  const cpuTimes: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const before = process.cpuUsage();
    timings.push(await runOnce(pipeline, batch, steps));
    const { user, system } = process.cpuUsage(before);
    cpuTimes.push((user + system) / 1000 / batch);
  }
  await pipeline.close();

  const command = `node scripts/run.mjs bench/pipeline.ts ${args.join(' ')}`.trim();
  writeReport('pipeline', command, [
    figure('load and verify, ms', loads),
    ...figuresOf(timings, batch),
    // Unlike the others this one hardly depends on what else the machine does.
    figure('processor time of all stages, ms per image', cpuTimes),
  ]);
}

function figuresOf(timings: readonly RunTimings[], batch: number): Figure[] {
  const perImage = (key: 'encode' | 'denoise' | 'decode' | 'perceive') =>
    figure(
      `${key}, ms per image`,
      timings.map((run) => run[key] / batch),
    );
  return [
    figure(
      `denoising step of ${batch} images with guidance, ms`,
      timings.map((run) => run.denoise / run.steps),
    ),
    figure(
      'of it outside session.run, ms',
      timings.map((run) => (run.denoise - run.unetRun) / run.steps),
    ),
    figure(
      'share of a step outside session.run, %',
      timings.map((run) => (100 * (run.denoise - run.unetRun)) / run.denoise),
      OUTSIDE_TARGET_PERCENT,
    ),
    perImage('encode'),
    perImage('denoise'),
    perImage('decode'),
    perImage('perceive'),
  ];
}

async function runOnce(pipeline: Pipeline, batch: number, steps: number): Promise<RunTimings> {
  const { guidanceScale, scheduler } = pipeline.info.defaults;
  const outcome = await pipeline.runRequest(
    {
      prompt: 'a photo of a doctor',
      seeds: Array.from({ length: batch }, (_, i) => i + 1),
      steps,
      guidanceScale,
      scheduler,
      batchSize: batch,
      lanes: [{ id: 'base', name: 'base', method: 'base', parameters: {} }],
      targets: [],
    },
    () => {},
    new AbortController().signal,
  );
  if (outcome.type !== 'done') throw new Error(`The run ended as ${JSON.stringify(outcome)}.`);
  return outcome.timings;
}
