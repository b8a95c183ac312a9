import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import type { Measurement } from '../../lib/report';
import type { MakePart } from './part';

const MEGABYTE = 1e6;
/** Written by training/export.py. */
const EXPORT = 'training/checkpoints/measurements/export.json';
/** Random inputs that the export compares both files on. */
const EXAMPLES = 3;

const exportSchema = v.record(v.string(), v.looseObject({ int8RelativeError: v.number() }));

/** What everything weighs, and what int8 weights change, as the export measured it. */
export const files: MakePart = ({ model }) => ({
  jobs: [],
  evaluate() {
    const bytes = readdirSync(model, { recursive: true, encoding: 'utf8' })
      .map((path) => statSync(join(model, path)))
      .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
    return {
      measurements: [
        alone('all files together, MB', bytes / MEGABYTE, 1, 30),
        ...quantization().map(([graph, error]) =>
          alone(`int8 weights against fp32, relative error of the outputs: ${graph}`, error, EXAMPLES),
        ),
      ],
    };
  },
});

function quantization(): [string, number][] {
  if (!existsSync(EXPORT)) return [];
  const measured = v.parse(exportSchema, JSON.parse(readFileSync(EXPORT, 'utf8')));
  return Object.entries(measured).map(([graph, { int8RelativeError }]) => [graph, int8RelativeError]);
}

/** A number that has no spread. */
function alone(name: string, value: number, n: number, atMost?: number): Measurement {
  return { name, value, n, interval: [value, value], aim: atMost === undefined ? undefined : { atMost } };
}
