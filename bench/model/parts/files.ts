import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';
import * as v from 'valibot';
import type { Measurement } from '../../lib/report';
import { shareFrom } from '../counting';
import type { MakePart } from './part';

const MEGABYTE = 1e6;
const MEASURED = 'training/checkpoints/measurements';
/** Random inputs on which training/export.py compares both files of a graph. */
const EXAMPLES = 3;

const exportSchema = v.record(v.string(), v.looseObject({ storedRelativeError: v.number() }));
const quantizationSchema = v.object({
  medianPsnr: v.number(),
  lowestPsnr: v.number(),
  sameReadings: v.number(),
  n: v.number(),
});

/** What everything weighs, and what storing weights as int8 or fp16 changes, as training measured it while it still had the fp32 ones. */
export const files: MakePart = ({ model }) => ({
  jobs: [],
  evaluate() {
    const all = readdirSync(model, { recursive: true, encoding: 'utf8' });
    const [own, variants] = [all.filter((path) => !isOfVariant(path)), all.filter(isOfVariant)];
    return {
      measurements: [
        { ...alone('all files together, MB', megabytes(model, own), 1), aim: { atMost: 30 } },
        alone(
          'trained variants beside them, each fetched when first drawn with, MB',
          megabytes(model, variants),
          1,
        ),
        ...graphErrors(),
        ...pictureErrors(),
      ],
    };
  },
});

const isOfVariant = (path: string): boolean => path.split(sep)[0] === 'variants';

function megabytes(folder: string, paths: readonly string[]): number {
  const sizes = paths
    .map((path) => statSync(join(folder, path)))
    .map((stat) => (stat.isFile() ? stat.size : 0));
  return sizes.reduce((sum, size) => sum + size, 0) / MEGABYTE;
}

/** By training/export.py. */
function graphErrors(): Measurement[] {
  const measured = v.parse(exportSchema, readMeasured('export') ?? {});
  return Object.entries(measured).map(([graph, { storedRelativeError }]) =>
    alone(
      `stored weights against fp32, relative error of the outputs: ${graph}`,
      storedRelativeError,
      EXAMPLES,
    ),
  );
}

/** By training/measure_quantization.py. */
function pictureErrors(): Measurement[] {
  const found = readMeasured('quantization');
  if (found === undefined) return [];
  const { medianPsnr, lowestPsnr, sameReadings, n } = v.parse(quantizationSchema, found);
  return [
    alone('stored weights against fp32, the same pictures: median dB', medianPsnr, n),
    alone('stored weights against fp32, the same pictures: lowest dB', lowestPsnr, n),
    shareFrom('stored weights against fp32, the same pictures: read alike', Math.round(sameReadings * n), n),
  ];
}

function readMeasured(name: string): unknown {
  const path = join(MEASURED, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
}

/** A number that comes without a spread. */
function alone(name: string, value: number, n: number): Measurement {
  return { name, value, n, interval: [value, value] };
}
