import { EvenhandError } from '../../src/core/errors';
import { type Digits, PAIRS } from './digits';
import { firstWeights, layout, type Numbers, noiseOf, SHAPE, sizeOf } from './network';
import { createTrainer, freshState, type Trainer, type TrainerState } from './trainer';
import {
  type Both,
  DRAWN,
  type LaboratorySettings,
  type LaboratoryState,
  type Look,
  SHOWN,
  STEPS,
} from './types';
import { createWorld } from './world';

/** One training of two networks, base and DDM, on the same batches from the same start. */
export interface Session {
  readonly step: number;
  readonly done: boolean;
  /** One step of both. */
  advance(): { readonly errors: Both<number>; readonly indicators: Both<number> };
  look(): Both<Look>;
  state(): LaboratoryState;
  close(): void;
}

const PARTS = ['weights', 'average', 'first', 'second'] as const;

/** @throws EvenhandError 'metadata-invalid' for a state that is not of this network. */
export async function createSession(
  digits: Digits,
  settings: LaboratorySettings,
  state?: LaboratoryState,
): Promise<Session> {
  const pair = PAIRS[settings.pair]!;
  const world = createWorld(digits, pair, settings.share, settings.seed);
  const fresh = freshState(SHAPE, firstWeights(SHAPE, settings.seed));
  const [base, ddm] = state ? unpack(state) : [fresh, fresh];
  const trainers: Both<Trainer> = [
    await createTrainer(SHAPE, base, 0, settings.form),
    await createTrainer(SHAPE, ddm, settings.alpha, settings.form),
  ];
  const noise = noiseOf(settings.seed + 1, DRAWN * SHAPE.pixels);
  let step = state?.step ?? 0;

  const lookAt = (trainer: Trainer): Look => {
    const drawn = trainer.draw(noise, DRAWN);
    const { counts, unclear } = digits.read(drawn, pair);
    const pixels = Uint8Array.from(drawn.subarray(0, SHOWN * SHAPE.pixels), (value) => (value + 1) * 127.5);
    return { counts, unclear, pixels };
  };

  return {
    get step() {
      return step;
    },
    get done() {
      return step >= STEPS;
    },
    advance() {
      step++;
      const rows = world.batch(step);
      const [one, two] = [trainers[0].step(rows), trainers[1].step(rows)];
      return { errors: [one.error, two.error], indicators: [one.indicator, two.indicator] };
    },
    look: () => [lookAt(trainers[0]), lookAt(trainers[1])],
    state: () => pack(step, [trainers[0].state(), trainers[1].state()]),
    close: () => {
      for (const trainer of trainers) trainer.close();
    },
  };
}

const LAYOUT = Object.entries(layout(SHAPE)).map(([name, dims]) => ({ name, size: sizeOf(dims) }));
const NUMBERS = 2 * PARTS.length * LAYOUT.reduce((sum, { size }) => sum + size, 0);

function pack(step: number, both: Both<TrainerState>): LaboratoryState {
  const numbers = new Float32Array(NUMBERS);
  let at = 0;
  for (const trainer of both) {
    for (const part of PARTS) {
      for (const { name, size } of LAYOUT) {
        numbers.set(trainer[part][name]!, at);
        at += size;
      }
    }
  }
  return { step, numbers };
}

function unpack({ step, numbers }: LaboratoryState): Both<TrainerState> {
  if (numbers.length !== NUMBERS || !numbers.every(Number.isFinite)) {
    throw new EvenhandError(
      'metadata-invalid',
      `The kept training is damaged or of an older version: it has ${numbers.length} numbers, and this laboratory's has ${NUMBERS}.`,
      'Start a new training. Nothing else is touched.',
    );
  }
  let at = 0;
  const next = (): TrainerState => {
    const parts = PARTS.map((part) => {
      const entries = LAYOUT.map(({ name, size }): [string, Float32Array] => {
        const own = numbers.slice(at, at + size);
        at += size;
        return [name, own];
      });
      return [part, Object.fromEntries(entries) as Numbers] as const;
    });
    return { step, ...(Object.fromEntries(parts) as Record<(typeof PARTS)[number], Numbers>) };
  };
  return [next(), next()];
}
