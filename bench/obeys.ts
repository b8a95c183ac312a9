import { availableParallelism } from 'node:os';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline } from '../workers/pipeline/pipeline';
import type { ImageResult, Lane, Parameters, PersonReading, RunEvent } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions } from './lib/options';

/**
 * How often the reader reads the values that a method was to bring, to a picture or to each person of it, and how far the pictures are from the
 * base lane's.
 *   node scripts/run.mjs bench/obeys.ts --lanes '[["equisteer",{}],["equisteer",{"strength":1}]]' --images 24
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    ...{ model: 'public/models/people', prompt: 'a photo of a doctor', images: '24', variant: '' },
    lanes: '[["attribute-prompt",{}],["equisteer",{}]]',
    threads: String(availableParallelism()),
  });
  const runtime = await createNodeRuntime(Number(options.threads));
  const pipeline = await loadPipeline(folderSource(options.model), runtime, () => {});
  const { defaults, variants } = pipeline.info;
  const own = variants.find(({ id }) => id === options.variant);
  const asked = JSON.parse(options.lanes) as [method: string, parameters: Parameters][];
  const lanes = [['base', {}] as const, ...asked].map(([method, parameters]): Lane => {
    const name = `${method} ${JSON.stringify(parameters)}`;
    return { id: name, name, method, parameters };
  });
  const events: RunEvent[] = [];
  const { timings } = await pipeline.runRequest(
    {
      ...(own?.defaults ?? defaults),
      ...(own ? { variant: own.id } : {}),
      ...{ prompt: options.prompt, lanes, targets: [], batchSize: 8 },
      seeds: Array.from({ length: Number(options.images) }, (_, i) => 1000 + i),
    },
    (event) => events.push(event),
    new AbortController().signal,
  );
  const images = events.flatMap((event) => (event.type === 'image' ? [event.image] : []));
  const ofLane = (lane: Lane) => images.filter(({ laneId }) => laneId === lane.id);
  const base = ofLane(lanes[0]!);
  for (const lane of lanes) {
    const pictures = ofLane(lane);
    const told = pictures.flatMap((image) =>
      wantedIn(image).flatMap((assigned, person) =>
        Object.entries(assigned).map(
          ([attribute, value]) => readingOf(image.people[person], attribute) === value,
        ),
      ),
    );
    const unchanged = pictures.filter(({ trace }) => trace.notes?.unchanged !== undefined).length;
    const empty = pictures.filter(({ people }) => people.length === 0).length;
    const change = pictures.reduce((sum, image, i) => sum + difference(image, base[i]!), 0) / pictures.length;
    console.log(
      `${lane.name}: ${told.filter(Boolean).length} of ${told.length} values as asked for, ${unchanged} of ${pictures.length} pictures left to the base model, ${empty} without a person, ${change.toFixed(1)} levels from base`,
    );
    for (const event of events) {
      if (event.type === 'lane-failed' && event.laneId === lane.id) console.log(event.error.message);
    }
  }
  console.log(timings);
  await pipeline.close();

  function readingOf(person: PersonReading | undefined, attribute: string): string | undefined {
    const read = person?.attributes[attribute];
    const values = pipeline.info.attributes.find(({ id }) => id === attribute)?.values;
    return read && values?.[read.indexOf(Math.max(...read))]?.id;
  }
}

/** What each person should be, from left to right: their own values, or the picture's for the first. */
function wantedIn({ trace }: ImageResult): readonly Readonly<Record<string, string>>[] {
  return trace.regions?.map(({ assigned }) => assigned) ?? (trace.assigned ? [trace.assigned] : []);
}

/** Mean absolute difference of colours, in levels of 256. */
function difference({ pixels: a }: ImageResult, { pixels: b }: ImageResult): number {
  return a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
}
