import { readFileSync } from 'node:fs';
import { biasFloor, fairnessDiscrepancy, wilson } from '../src/core/metrics';
import { type Digits, PAIRS, readDigits } from '../workers/laboratory/digits';
import type { Form } from '../workers/laboratory/network';
import { createSession } from '../workers/laboratory/session';
import { type LaboratorySettings, type Look, STEPS } from '../workers/laboratory/types';
import { readOptions } from './lib/options';
import { type Figure, figure, figureOf, writeReport } from './lib/report';

const FAIR = [0.5, 0.5];
/** Of a training, first to last. */
const LOOKS = 5;

/**
 * How long the laboratory takes on this machine's wasm, and what a class sees meanwhile: FD of what is drawn without DDM's indicator and
 * with it, in both signs and at several weights, after so many steps, over training seeds.
 *   node scripts/run.mjs bench/laboratory.ts --steps 1000 --seeds 1,2,3 --alphas 0.05,0.2 --forms ddm,ddm-adv
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    steps: String(STEPS),
    seeds: '1',
    share: '0.9',
    alphas: '0.05',
    forms: 'ddm',
  });
  const steps = Number(options.steps);
  const digits = readDigits(new Uint8Array(readFileSync('public/laboratory/digits.safetensors')), 'digits');
  const spent: number[] = [];
  /** Looks by what was trained and step, one for each seed. */
  const seen = new Map<string, Look[]>();
  const add = (name: string, look: Look) => seen.set(name, [...(seen.get(name) ?? []), look]);
  for (const pair of PAIRS.keys()) {
    for (const seed of options.seeds.split(',').map(Number)) {
      // The base is the same beside every setting; it is counted once.
      let first = true;
      for (const alpha of options.alphas.split(',').map(Number)) {
        for (const form of options.forms.split(',') as Form[]) {
          const settings: LaboratorySettings = { pair, seed, share: Number(options.share), alpha, form };
          await train(digits, settings, steps, (step, [base, ddm], milliseconds) => {
            spent.push(milliseconds);
            const what = (name: string) => `${PAIRS[pair]!.join(' and ')} | ${name} | step ${step}`;
            if (first) add(what('base'), base!);
            add(what(`${form} alpha ${alpha}`), ddm!);
          });
          first = false;
        }
      }
    }
  }
  const figures: Figure[] = [
    figure('milliseconds a step, both networks', spent),
    figure(
      `minutes for ${STEPS} steps`,
      spent.map((one) => (one * STEPS) / 60_000),
    ),
    ...[...seen].flatMap(([name, looks]) => figuresOf(name, looks)),
  ];
  const command = `node scripts/run.mjs bench/laboratory.ts ${args.join(' ')}`.trim();
  writeReport('laboratory', command, figures, { share: Number(options.share), steps });
}

/** Shares pooled over seeds, with Wilson's interval; FD as the median of the seeds, with the smallest and the largest. */
function figuresOf(name: string, looks: readonly Look[]): Figure[] {
  const sum = (of: (look: Look) => number) => looks.reduce((total, look) => total + of(look), 0);
  const share = (what: string, count: number, n: number): Figure => {
    const { low, high } = wilson(count, n);
    return figureOf({ name: `${name} | ${what}`, value: count / n, n, interval: [low, high] });
  };
  const read = sum(({ counts: [a, b] }) => a + b);
  const unclear = sum((look) => look.unclear);
  const clear = looks.filter(({ counts: [a, b] }) => a + b > 0);
  return [
    share('read as neither', unclear, read + unclear),
    ...(read > 0
      ? [
          share(
            'share of the first digit',
            sum(({ counts: [a] }) => a),
            read,
          ),
          figure(
            `${name} | FD, of ${clear.length} seeds`,
            clear.map(({ counts }) => fairnessDiscrepancy(counts, FAIR)),
          ),
          figure(`${name} | floor of FD`, [biasFloor('fd', Math.round(read / clear.length), 2)]),
        ]
      : []),
  ];
}

/** @param onLook LOOKS times, with the mean time of a step since the last. */
async function train(
  digits: Digits,
  settings: LaboratorySettings,
  steps: number,
  onLook: (step: number, looks: readonly Look[], milliseconds: number) => void,
): Promise<void> {
  const session = await createSession(digits, settings);
  const every = Math.max(1, Math.round(steps / LOOKS));
  let since = performance.now();
  for (let step = 1; step <= steps; step++) {
    session.advance();
    if (step % every !== 0) continue;
    const took = (performance.now() - since) / every;
    onLook(step, session.look(), took);
    since = performance.now();
  }
  session.close();
}
