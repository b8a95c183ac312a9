import { basename, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { EvenhandError } from '../src/core/errors';
import { badArguments } from './errors';
import { type PartReport, quantizeFolder } from './folder';
import type { Bits } from './plan';

const USAGE = 'npm run quantize -- <folder> --bits 8|4|16 [--out folder] [--weights-only]';

/**
 * Writes a copy of a float32 model with its weights in fewer bits (docs/quantizing.md).
 * @param args as in USAGE; --weights-only leaves out running both graphs to compare what they give.
 */
export async function main(args: readonly string[]): Promise<void> {
  try {
    const options = read(args);
    const reports = await quantizeFolder(options, (part) => console.log(line(part)));
    const sum = (of: (part: PartReport) => number) => reports.reduce((total, part) => total + of(part), 0);
    const [before, after] = [sum(({ bytesBefore }) => bytesBefore), sum(({ bytes }) => bytes)];
    console.log(`all graphs: ${megabytes(before)} -> ${megabytes(after)}, written to ${options.out}`);
  } catch (error) {
    if (!(error instanceof EvenhandError)) throw error;
    console.error(`${error.message}\n${error.nextStep}`);
    process.exitCode = 1;
  }
}

function read(args: readonly string[]) {
  const options = {
    bits: { type: 'string' },
    out: { type: 'string' },
    'weights-only': { type: 'boolean' },
  } as const;
  let parsed: ReturnType<typeof parseArgs<{ options: typeof options; allowPositionals: true }>>;
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw badArguments((error as Error).message, `Usage: ${USAGE}`);
  }
  const [folder, ...others] = parsed.positionals;
  if (!folder || others.length > 0) throw badArguments('Name one folder.', `Usage: ${USAGE}`);
  const bits = readBits(parsed.values.bits);
  const out = parsed.values.out ?? `${basename(resolve(folder))}-${bits}bit`;
  return { folder, bits, out, compare: !parsed.values['weights-only'] };
}

function readBits(text: string | undefined): Bits {
  const bits = ([4, 8, 16] as const).find((known) => String(known) === text);
  if (!bits) throw badArguments(`--bits is ${text ?? 'missing'}; it can be 8, 4 or 16.`, `Usage: ${USAGE}`);
  return bits;
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(2)} MB`;
const percent = (share: number) => `${(100 * share).toFixed(3)} %`;

function line({ path, bits, bytesBefore, bytes, counts, weightError, outputError }: PartReport): string {
  const kept = Object.entries(counts).flatMap(([kind, count]) => (count > 0 ? `${count} ${kind}` : []));
  const output = outputError === undefined ? '' : `, of the output ${percent(outputError)}`;
  return `${path} (${bits} bits: ${kept.join(', ')}): ${megabytes(bytesBefore)} -> ${megabytes(bytes)}, error of the weights ${percent(weightError)}${output}`;
}
