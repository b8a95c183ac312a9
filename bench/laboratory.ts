import { readFileSync } from 'node:fs';
import { wilson } from '../src/core/metrics';
import { type Digits, PAIRS, readDigits } from '../workers/laboratory/digits';
import { createSession } from '../workers/laboratory/session';
import { type LaboratorySettings, type Look, STEPS } from '../workers/laboratory/types';
import { readOptions } from './lib/options';
import { type Figure, figure, figureOf, writeReport } from './lib/report';

/**
 * How long the laboratory takes on this machine's wasm, and what a class sees meanwhile: the share of the first digit among what is drawn,
 * without DDM's indicator and with it, after so many steps.
 *   node scripts/run.mjs bench/laboratory.ts --steps 3000 --seeds 1,2,3
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    steps: String(STEPS),
    seeds: '1',
    share: '0.9',
    alpha: '0.05',
    form: 'ddm',
  });
  const steps = Number(options.steps);
  const seeds = options.seeds.split(',').map(Number);
  const digits = readDigits(new Uint8Array(readFileSync('public/laboratory/digits.safetensors')), 'digits');
  const figures: Figure[] = [];
  const spent: number[] = [];
  /** Drawn pictures by network and step, over seeds. */
  const drawn = new Map<string, [number, number, number]>();
  for (const pair of PAIRS.keys()) {
    for (const seed of seeds) {
      const settings: LaboratorySettings = {
        ...{ pair, seed, share: Number(options.share), alpha: Number(options.alpha) },
        form: options.form === 'ddm-adv' ? 'ddm-adv' : 'ddm',
      };
      await train(digits, settings, steps, (step, looks, milliseconds) => {
        spent.push(milliseconds);
        for (const [k, look] of looks.entries()) {
          const name = `${PAIRS[pair]!.join(' and ')}, ${k === 0 ? 'without the indicator' : options.form}, step ${step}`;
          const [a, b, unclear] = drawn.get(name) ?? [0, 0, 0];
          drawn.set(name, [a + look.counts[0], b + look.counts[1], unclear + look.unclear]);
        }
      });
    }
  }
  figures.push(
    figure('milliseconds a step, both networks', spent),
    figure(
      `minutes for ${STEPS} steps`,
      spent.map((one) => (one * STEPS) / 60_000),
    ),
  );
  for (const [name, [a, b, unclear]] of drawn) {
    const n = a + b;
    const share = (what: string, count: number, of: number) => {
      const { low, high } = wilson(count, of);
      figures.push(figureOf({ name: `${what}: ${name}`, value: count / of, n: of, interval: [low, high] }));
    };
    if (n > 0) share('share of the first digit', a, n);
    share('read as neither', unclear, n + unclear);
  }
  const command = `node scripts/run.mjs bench/laboratory.ts --steps ${steps} --seeds ${options.seeds} --share ${options.share} --alpha ${options.alpha} --form ${options.form}`;
  writeReport('laboratory', command, figures);
}

/** @param onLook at five places of the training, with the mean time of a step since the last. */
async function train(
  digits: Digits,
  settings: LaboratorySettings,
  steps: number,
  onLook: (step: number, looks: readonly Look[], milliseconds: number) => void,
): Promise<void> {
  const session = await createSession(digits, settings);
  const every = Math.max(1, Math.round(steps / 5));
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
