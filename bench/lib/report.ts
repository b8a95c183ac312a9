import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';

export interface Figure {
  readonly name: string;
  /** Median of the measurements. */
  readonly value: number;
  readonly n: number;
  /** Smallest and largest measurement. */
  readonly interval: readonly [low: number, high: number];
  /** The most it may be; null where there is no promise. */
  readonly target: number | null;
  readonly ok: boolean;
}

/** @throws RangeError if there is no measurement. */
export function figure(name: string, measured: readonly number[], target: number | null = null): Figure {
  if (measured.length === 0) throw new RangeError(`${name} was never measured.`);
  const sorted = measured.map((value) => Number(value.toPrecision(4))).sort((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)]!;
  const interval = [sorted[0]!, sorted.at(-1)!] as const;
  return { name, value, n: sorted.length, interval, target, ok: target === null || value <= target };
}

/** Prints the figures and writes bench/results/<name>.json. The machine's load is part of the record: a busy one is slow. */
export function writeReport(name: string, command: string, figures: readonly Figure[]): void {
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
  };
  const folder = 'bench/results';
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  for (const { name, value, interval, n, target, ok } of figures) {
    const promise = target === null ? '' : `  target ${target}: ${ok ? 'met' : 'MISSED'}`;
    console.log(`${name.padEnd(52)} ${value}  [${interval.join(' .. ')}]  n=${n}${promise}`);
  }
  console.log(`load average ${report.machine.load} on ${report.machine.cores} cores`);
}
