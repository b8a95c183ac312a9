import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

/** What a figure is held to. */
export type Aim =
  | { readonly atMost: number }
  | { readonly atLeast: number }
  | { readonly near: number; readonly within: number };

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly n: number;
  /** Where the true value plausibly lies (95 %); of timings the smallest and the largest. */
  readonly interval: readonly [low: number, high: number];
  /** Absent where there is no promise. */
  readonly aim?: Aim | undefined;
}

/** One entry of every file in bench/results. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly n: number;
  readonly interval: readonly [low: number, high: number];
  /** The bound of the promise; null where there is none. */
  readonly target: number | null;
  /** Whether the promise is kept; true where there is none. */
  readonly ok: boolean;
}

export function figureOf({ name, value, n, interval, aim }: Measurement): Figure {
  const bounds = [rounded(interval[0]), rounded(interval[1])] as const;
  return { name, value: rounded(value), n, interval: bounds, target: targetOf(aim), ok: isKept(value, aim) };
}

/**
 * Median, smallest and largest of repeated measurements. @param target the most it may be; null where there is no promise.
 * @throws RangeError if there is no measurement.
 */
export function figure(name: string, measured: readonly number[], target: number | null = null): Figure {
  return figureOf(medianOf(name, measured, target === null ? undefined : { atMost: target }));
}

/** @throws RangeError if there is no measurement. */
export function medianOf(name: string, measured: readonly number[], aim?: Aim): Measurement {
  if (measured.length === 0) throw new RangeError(`${name} was never measured.`);
  const sorted = measured.toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)]!;
  return { name, value, n: sorted.length, interval: [sorted[0]!, sorted.at(-1)!], aim };
}

/** By how much a value misses its aim, or by how little it keeps it: larger is worse. */
export function shortfall(value: number, aim: Aim): number {
  if ('atMost' in aim) return value - aim.atMost;
  if ('atLeast' in aim) return aim.atLeast - value;
  return Math.abs(value - aim.near) - aim.within;
}

/** Prints the figures and writes bench/results/<name>.json. The machine's load is part of the record: a busy one is slow. */
export function writeReport(
  name: string,
  command: string,
  figures: readonly Figure[],
  details: Readonly<Record<string, unknown>> = {},
): void {
  const report = {
    command,
    commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
    date: new Date().toISOString(),
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      node: process.version,
      load: Number((loadavg()[0] ?? 0).toFixed(2)),
    },
    figures,
    ...details,
  };
  const folder = 'bench/results';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  printFigures(figures);
  console.log(`load average ${report.machine.load} on ${report.machine.cores} cores`);
}

export function printFigures(figures: readonly Figure[]): void {
  const widest = Math.max(52, ...figures.map(({ name }) => name.length));
  for (const { name, value, interval, n, target, ok } of figures) {
    const promise = target === null ? '' : `  target ${target}: ${ok ? 'met' : 'MISSED'}`;
    console.log(`${name.padEnd(widest)} ${value}  [${interval.join(' .. ')}]  n=${n}${promise}`);
  }
}

function targetOf(aim: Aim | undefined): number | null {
  if (!aim) return null;
  if ('atMost' in aim) return aim.atMost;
  return 'atLeast' in aim ? aim.atLeast : aim.near;
}

/** A hair of tolerance, so that 0.95 of 100 keeps 0.95. */
function isKept(value: number, aim: Aim | undefined): boolean {
  return aim === undefined || shortfall(value, aim) <= 1e-9;
}

const rounded = (value: number): number => Number(value.toPrecision(4));
