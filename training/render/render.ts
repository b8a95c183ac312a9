/**
 * Renders the training set of the drawn world.
 *   node scripts/run.mjs training/render/render.ts --count 100000 --start 0 --out training/data/world
 * Several processes may write to one folder with different --start. Finished shards are skipped.
 */
import { mkdirSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import {
  CANVAS,
  describePicture,
  drawPicture,
  rendererHash,
  type Sample,
  sampleBalanced,
  sampleWorld,
} from '../../src/core/world/index';
import { type Options, parseOptions } from './options';
import { isComplete, writeMeta, writeShard } from './shards';

export function main(args: string[]): void {
  const options = parseOptions(args);
  const hash = rendererHash();
  mkdirSync(options.out, { recursive: true });
  for (let done = 0; done < options.count; done += options.shard) {
    const start = options.start + done;
    const count = Math.min(options.shard, options.count - done);
    renderShard(options, hash, start, count);
  }
  writeMeta(options.out);
}

function renderShard(options: Options, hash: string, start: number, count: number): void {
  const { out, size, balanced } = options;
  const index = start / options.shard;
  const made = { rendererHash: hash, balanced, size, start, count };
  if (isComplete(out, index, made)) {
    console.log(`shard ${index}: there already`);
    return;
  }
  const began = performance.now();
  const images = new Uint8Array(count * size * size * 3);
  const lines: string[] = [];
  const stated: Record<string, number> = { captions: 0, scene: 0, nothing: 0 };
  const people = [0, 0, 0, 0];
  let longestCaption = 0;
  for (let i = 0; i < count; i++) {
    const seed = start + i;
    const sample = balanced ? sampleBalanced(seed) : sampleWorld(seed);
    drawInto(images, i * size * size * 3, drawPicture(sample.picture), size);
    lines.push(JSON.stringify(recordOf(seed, sample, size)));
    countStatements(stated, sample);
    const crowd = sample.picture.people.length - 1;
    people[crowd] = (people[crowd] ?? 0) + 1;
    longestCaption = Math.max(longestCaption, sample.caption.split(' ').length);
  }
  writeShard(out, index, images, `${lines.join('\n')}\n`, { ...made, stated, longestCaption, people });
  const speed = (1000 * count) / (performance.now() - began);
  console.log(`shard ${index}: ${count} images from seed ${start}, ${speed.toFixed(0)} images/s`);
  writeMeta(out);
}

/** Rasterises an SVG and writes its RGB bytes (the background is opaque, alpha is dropped). */
export function drawInto(target: Uint8Array, offset: number, svg: string, size: number): void {
  const { pixels } = new Resvg(svg, {
    fitTo: { mode: 'width', value: size },
    font: { loadSystemFonts: false },
  }).render();
  for (let from = 0, to = offset; from < pixels.length; from += 4, to += 3) {
    target[to] = pixels[from] ?? 0;
    target[to + 1] = pixels[from + 1] ?? 0;
    target[to + 2] = pixels[from + 2] ?? 0;
  }
}

/** One line of records-XXXXX.jsonl; head boxes are [x, y, w, h] in pixels of the image. */
export function recordOf(seed: number, sample: Sample, size: number): object {
  const px = (v: number): number => Math.round(((v * size) / CANVAS) * 100) / 100;
  return {
    seed,
    caption: sample.caption,
    scene: sample.picture.scene,
    sceneMentioned: sample.sceneMentioned,
    people: describePicture(sample.picture).map(({ head, ...labels }, i) => ({
      ...labels,
      head: [px(head.x), px(head.y), px(head.w), px(head.h)],
      mentioned: sample.mentioned[i] ?? {},
    })),
  };
}

function countStatements(stated: Record<string, number>, sample: Sample): void {
  const keys = new Set(sample.mentioned.flatMap((mentions) => Object.keys(mentions)));
  const add = (key: string): void => {
    stated[key] = (stated[key] ?? 0) + 1;
  };
  add('captions');
  if (sample.sceneMentioned) add('scene');
  if (keys.size === 0) add('nothing');
  for (const key of keys) add(key);
}
