import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCHEDULER_IDS } from '../src/core/schedulers';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline } from '../workers/pipeline/pipeline';
import type { AttributeInfo, ImageResult, Lane, PersonReading } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions, readSeeds } from './lib/options';
import { contactSheet, encodePng } from './lib/png';

/**
 * Draws pictures to look at, and prints what the reader sees in them.
 *   node scripts/run.mjs bench/sample.ts --prompt "a photo of a doctor" --seeds 1-8 --lanes base,mist --out sample
 * A lane is a method, optionally with parameters: mist:mode=target:strength=0.5. One row of the sheet is one lane.
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    prompt: 'a photo of a doctor',
    seeds: '1-8',
    lanes: 'base',
    out: 'sample',
    model: 'public/models/people',
    steps: '',
    guidance: '',
    scheduler: '',
    batch: '4',
    threads: '2',
  });
  const runtime = await createNodeRuntime(Number(options.threads));
  const pipeline = await loadPipeline(folderSource(options.model), runtime, () => {});
  const { defaults, attributes } = pipeline.info;
  const lanes = options.lanes.split(',').map(readLane);
  const images: ImageResult[] = [];
  const outcome = await pipeline.runRequest(
    {
      prompt: options.prompt,
      seeds: readSeeds(options.seeds),
      steps: options.steps ? Number(options.steps) : defaults.steps,
      guidanceScale: options.guidance ? Number(options.guidance) : defaults.guidanceScale,
      scheduler: SCHEDULER_IDS.find((id) => id === options.scheduler) ?? defaults.scheduler,
      batchSize: Number(options.batch),
      lanes,
      targets: [],
    },
    (event) => {
      if (event.type === 'image') images.push(event.image);
      if (event.type === 'lane-failed')
        console.log(`${event.laneId}: ${event.error.message} ${event.error.detail ?? ''}`);
    },
    new AbortController().signal,
  );

  mkdirSync(options.out, { recursive: true });
  const sorted = lanes.flatMap(({ id }) =>
    images.filter(({ laneId }) => laneId === id).sort((a, b) => a.index - b.index),
  );
  for (const image of sorted) {
    const name = `${image.laneId.replaceAll(/[^\w.=-]/g, '-')}-${image.seed}.png`;
    writeFileSync(join(options.out, name), encodePng(image.width, image.height, image.pixels));
    console.log(`${name}  ${image.trace.prompt ?? ''} ${JSON.stringify(image.trace.notes ?? {})}`);
    for (const person of image.people) console.log(`    ${summary(person, attributes)}`);
  }
  if (sorted.length > 0) {
    const sheet = contactSheet(sorted, readSeeds(options.seeds).length);
    writeFileSync(join(options.out, 'sheet.png'), encodePng(sheet.width, sheet.height, sheet.pixels));
  }
  console.log(JSON.stringify(outcome, null, 2));
}

function readLane(text: string): Lane {
  const [method = 'base', ...pairs] = text.split(':');
  const parameters = pairs.map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return [name, readValue(value)] as const;
  });
  return { id: text, name: text, method, parameters: Object.fromEntries(parameters) };
}

function readValue(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** "man 0.93, dark 0.81, ..." with the likeliest value of each attribute. */
function summary(person: PersonReading, attributes: readonly AttributeInfo[]): string {
  const readings = attributes.map(({ id, values, unclearBelow }) => {
    const shares = person.attributes[id] ?? [];
    const highest = Math.max(...shares);
    const value = values[shares.indexOf(highest)]?.id ?? '?';
    return highest < unclearBelow ? `(${value} ${highest.toFixed(2)})` : `${value} ${highest.toFixed(2)}`;
  });
  return `[${person.box.map(Math.round).join(' ')}] ${readings.join(', ')}`;
}
