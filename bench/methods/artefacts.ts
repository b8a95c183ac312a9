import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { neutralPrompt, OCCUPATIONS } from '../../src/core/world';
import { AUDIT_DEFAULTS, adjust, type Counts } from '../../workers/methods/uce/audit';
import type { Pipeline } from '../../workers/pipeline/pipeline';
import { readProjector, writeProjector } from '../../workers/projector/file';
import type { ModelInfo, Parameters } from '../../workers/protocol';
import { trainWorldProjector } from '../lib/worldProjector';
import type { Arm } from './arms';
import { type Answer, type AuditJob, keyOf } from './jobs';
import type { Keeper } from './kept';
import { type Asked, AUDIT_SEED } from './plan';

/** What must be made before some methods can draw. */

const ATTRIBUTES = ['gender', 'tone'] as const;
/** A round of UCE's audit has so many pictures, and never fewer than the second. */
const AUDIT_IMAGES = [32, 16] as const;
const AUDIT_ROUNDS = 8;

/**
 * Trained once for a model, on the exact sets of the drawn world as the studio trains it. A model's card counts as part of it for a projector, so
 * the name of the file tells the whole model.
 */
export async function projectorOf(pipeline: Pipeline, folder: string): Promise<{ path: string; id: string }> {
  const path = join(folder, `projector-${pipeline.info.hash.slice(0, 16)}.bin`);
  if (!existsSync(path)) {
    process.stderr.write('Training a projector on the drawn world.\n');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path, writeProjector(await trainWorldProjector(pipeline)));
  }
  return { path, id: (await readProjector(readFileSync(path))).id };
}

/**
 * UCE's weights for each occupation. They are found on the few-step variant where there is one, since both UNets read the same text and
 * a round costs a tenth there; what is measured is the model itself.
 */
export interface AuditedWeights {
  /** Of an arm on a prompt; nothing for arms that need none. */
  of(arm: Arm, asked: Asked): Parameters;
  /** How they were found. */
  readonly audits: readonly unknown[];
}

/** @param count how many of so many pictures a round has. */
export async function auditedWeights(
  keeper: Keeper,
  arms: readonly Arm[],
  info: ModelInfo,
  count: (full: number) => number,
): Promise<AuditedWeights> {
  const needed = arms.some(({ needs }) => needs === 'audit' || needs === 'one-round');
  const fast = info.variants[0];
  const [full, least] = AUDIT_IMAGES;
  const jobOf = (attribute: string, k: number): AuditJob => ({
    ...{ kind: 'audit', prompt: neutralPrompt(OCCUPATIONS[k]!), attribute },
    ...{ seed: AUDIT_SEED + k * 1000, images: Math.max(least, count(full)), rounds: AUDIT_ROUNDS },
    settings: fast ? { variant: fast.id, ...fast.defaults } : info.defaults,
  });
  const jobs = ATTRIBUTES.flatMap((attribute) => OCCUPATIONS.map((_, k) => jobOf(attribute, k)));
  const answers = await keeper.answer(needed ? jobs : []);
  return {
    of({ needs, attribute: told }, { occupation }) {
      if (needs !== 'audit' && needs !== 'one-round') return {};
      const own = ATTRIBUTES.filter((attribute) => told?.split('-').includes(attribute));
      const found = own.map((attribute) =>
        answers.get(keyOf(jobOf(attribute, OCCUPATIONS.indexOf(occupation)))),
      );
      return Object.assign({}, ...found.map((answer) => weightsOf(answer, needs)));
    },
    audits: [...answers].map(([key, answer]) => ({ job: JSON.parse(key), ...answer })),
  };
}

function weightsOf(answer: Answer | undefined, needs: 'audit' | 'one-round'): Parameters {
  if (answer?.kind !== 'audited') return {};
  return needs === 'audit' ? answer.weights : afterOneRound(answer.rounds[0]!.counts);
}

/** The audit's first turn, with the gain of UCE's code. */
function afterOneRound(counts: Counts): Parameters {
  const values = Object.keys(counts);
  const even = Object.fromEntries(values.map((value) => [value, 1 / values.length]));
  return adjust({}, counts, even, { ...AUDIT_DEFAULTS, gain: 1 }).weights;
}
