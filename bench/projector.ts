import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import {
  attributeGap,
  attributeGapFloor,
  type GroupedValue,
  position,
} from '../src/core/metrics/consistency';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline, type Pipeline } from '../workers/pipeline/pipeline';
import { readProjector, writeProjector } from '../workers/projector/file';
import type { Projector } from '../workers/projector/types';
import type { AttributeInfo, ImageResult, Lane, PersonReading } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions, readSeeds } from './lib/options';
import { contactSheet, encodePng } from './lib/png';
import { trainWorldProjector } from './lib/worldProjector';

/**
 * Trains a projector on the drawn world, draws with and without RS-Corrector on the same seeds, and says what changed.
 *   node scripts/run.mjs bench/projector.ts --prompts "a photo of a farmer with dark skin" --seeds 1-16 --out sheet.png
 * A lane is "base" or a guidance of RS-Corrector with parameters: prior, both:strength=1, direct:last=0.5. One row is one lane.
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    model: 'public/models/people',
    /** Several with a semicolon between them. */
    prompts: 'a photo of a person with dark skin',
    seeds: '1-16',
    lanes: 'base,prior,both,direct',
    variant: '',
    /** A projector to draw with; trained and written there if there is none. */
    file: '',
    count: '100',
    steps: '300',
    out: 'projector.png',
    threads: '2',
  });
  const runtime = await createNodeRuntime(Number(options.threads));
  const pipeline = await loadPipeline(folderSource(options.model), runtime, () => {});
  const projector = await projectorOf(pipeline, options.file, Number(options.count), Number(options.steps));
  for (const { title, separation } of projector.groups) {
    console.log(
      `${title}: ${separation ? `AUC ${separation.auc.toFixed(3)} (${separation.low.toFixed(3)} to ${separation.high.toFixed(3)})` : 'no stereotype'}`,
    );
  }
  const lanes = options.lanes.split(',').map((text) => laneOf(text, projector.id));
  const seeds = readSeeds(options.seeds);
  const images: ImageResult[] = [];
  for (const prompt of options.prompts.split(';')) {
    images.push(...(await draw(pipeline, projector, { prompt, seeds, lanes, variant: options.variant })));
  }
  for (const { id } of lanes) {
    report(
      id,
      images.filter(({ laneId }) => laneId === id),
      pipeline.info.attributes,
    );
  }
  const rows = lanes.flatMap(({ id }) => images.filter(({ laneId }) => laneId === id).slice(0, seeds.length));
  const sheet = contactSheet(rows, seeds.length);
  writeFileSync(options.out, encodePng(sheet.width, sheet.height, sheet.pixels));
}

async function projectorOf(
  pipeline: Pipeline,
  file: string,
  count: number,
  steps: number,
): Promise<Projector> {
  if (file !== '' && existsSync(file)) return readProjector(readFileSync(file));
  const projector = await trainWorldProjector(pipeline, { count, steps });
  if (file !== '') writeFileSync(file, writeProjector(projector));
  return projector;
}

async function draw(
  pipeline: Pipeline,
  projector: Projector,
  asked: { prompt: string; seeds: readonly number[]; lanes: readonly Lane[]; variant: string },
): Promise<ImageResult[]> {
  const { defaults, variants } = pipeline.info;
  const { steps, guidanceScale, scheduler } =
    variants.find(({ id }) => id === asked.variant)?.defaults ?? defaults;
  const images: ImageResult[] = [];
  const outcome = await pipeline.runRequest(
    {
      ...{ prompt: asked.prompt, seeds: asked.seeds, lanes: asked.lanes, targets: [], batchSize: 4 },
      ...{ steps, guidanceScale, scheduler },
      ...(asked.variant && { variant: asked.variant }),
    },
    (event) => {
      if (event.type === 'image') images.push(event.image);
      if (event.type === 'lane-failed') console.log(`${event.laneId}: ${event.error.message}`);
    },
    new AbortController().signal,
    [projector],
  );
  if (outcome.type === 'failed') console.log(outcome.error.message, outcome.error.detail ?? '');
  return images;
}

function laneOf(text: string, projector: string): Lane {
  const [mode = '', ...pairs] = text.split(':');
  if (mode === 'base') return { id: text, name: text, method: 'base', parameters: {} };
  const given = pairs.map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    const flag = value === 'true' || (value === 'false' ? false : value);
    return [name, Number.isFinite(Number(value)) ? Number(value) : flag];
  });
  return {
    id: text,
    name: text,
    method: 'rs-corrector',
    parameters: { projector, mode, ...Object.fromEntries(given) },
  };
}

/** Means over the first person of every picture; gaps between skin tone groups as read. */
function report(lane: string, images: readonly ImageResult[], attributes: readonly AttributeInfo[]): void {
  const people = images.flatMap(({ people }) => people.slice(0, 1));
  const shares = (person: PersonReading, id: string) => person.attributes[id] ?? [];
  const mean = (of: (person: PersonReading) => number) =>
    people.reduce((sum, p) => sum + of(p), 0) / people.length;
  const tones = attributes.find(({ id }) => id === 'tone')?.values ?? [];
  const byTone = (of: (person: PersonReading) => number): GroupedValue[] =>
    people.map((person) => {
      const tone = shares(person, 'tone');
      return { group: tone.indexOf(Math.max(...tone)), value: of(person) };
    });
  const age = (person: PersonReading) => position(shares(person, 'age'));
  const woman = (person: PersonReading) => shares(person, 'gender')[0] ?? Number.NaN;
  const old = (person: PersonReading) =>
    Math.max(...shares(person, 'age')) === shares(person, 'age').at(-1) ? 1 : 0;
  console.log(
    `${lane}: ${people.length} people, age ${mean(age).toFixed(3)} (0 young, 1 old), old ${mean(old).toFixed(3)}, ` +
      `tone ${mean((person) => position(shares(person, 'tone'))).toFixed(3)}, women ${mean(woman).toFixed(3)}`,
  );
  for (const [name, values] of [
    ['age', byTone(age)],
    ['gender', byTone(woman)],
  ] as const) {
    const gap = attributeGap(values, tones.length);
    if (!gap) continue;
    const floor = attributeGapFloor(values, tones.length)!;
    const means = tones.map(({ id }, r) => `${id} ${gap.means[r]?.toFixed(2) ?? '-'} (${gap.counts[r]})`);
    console.log(`    ${name} gap ${gap.gap.toFixed(3)}, by chance ${floor.toFixed(3)}: ${means.join(', ')}`);
  }
  const known = images.flatMap(({ trace }) => {
    const before = trace.notes?.['stereotype before'];
    const after = trace.notes?.['stereotype after'];
    return typeof before === 'number' && typeof after === 'number' ? [{ before, after }] : [];
  });
  if (known.length === 0) return;
  const average = (key: 'before' | 'after') => known.reduce((sum, one) => sum + one[key], 0) / known.length;
  console.log(
    `    stereotype as the projector sees it: ${average('before').toFixed(2)} to ${average('after').toFixed(2)} in ${known.length}`,
  );
}
