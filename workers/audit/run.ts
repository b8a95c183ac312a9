import { EvenhandError, errorFrom } from '../../src/core/errors';
import { clearValue } from '../../src/core/metrics';
import { wantedShares } from '../methods/assign';
import { AUDIT_DEFAULTS, type AuditRound, audit, type Counts, type Shares } from '../methods/uce/audit';
import type { Weights } from '../methods/uce/weights';
import { isNameable } from '../methods/words';
import type { Pipeline } from '../pipeline/pipeline';
import type { AttributeInfo, PersonReading, RunRequest } from '../protocol';
import type { AuditJob, AuditProgress, AuditReport } from './types';

const SEEDS = 2 ** 32;
const LANE = 'audit';

/** What an audit needs of a loaded model. */
export type AuditHost = Pick<Pipeline, 'runRequest'> & {
  readonly info: Pick<Pipeline['info'], 'attributes'>;
};

/**
 * UCE's audit on a loaded model: draws a round with the weights so far, reads it with the model's own reader, adjusts, until the
 * intervals hold the target twice in a row (methods/uce/audit.ts).
 * @returns weights that are parameters of a UCE lane as they stand.
 * @throws EvenhandError 'cancelled' when the signal comes; 'request-invalid' for an attribute that is not read or has no words, and
 * when a round shows nobody; and what made a round fail.
 */
export async function runAudit(
  host: AuditHost,
  job: AuditJob,
  onProgress: (progress: AuditProgress) => void,
  signal: AbortSignal,
): Promise<AuditReport> {
  const options = job.options ?? AUDIT_DEFAULTS;
  const attribute = attributeOf(host, job.attribute);
  const past: AuditRound[] = [];
  let unetEvaluations = 0;

  async function draw(weights: Weights, round: number): Promise<Counts> {
    const readings: PersonReading[] = [];
    let drawn = 0;
    const tell = () =>
      onProgress({ round, rounds: options.rounds, drawn, images: job.images, past: [...past] });
    tell();
    const outcome = await host.runRequest(
      requestOf(job, weights, round),
      (event) => {
        if (event.type !== 'image') return;
        readings.push(...event.image.people);
        drawn += 1;
        tell();
      },
      signal,
    );
    unetEvaluations += outcome.timings.unetEvaluations;
    if (outcome.type === 'cancelled') throw cancelled();
    if (outcome.type === 'failed') throw errorFrom(outcome.error);
    return countsOf(readings, attribute);
  }

  const loop = audit(draw, sharesOf(job), options);
  let turn = await loop.next();
  for (; !turn.done; turn = await loop.next()) past.push(turn.value);
  return { ...turn.value, rounds: past, unetEvaluations };
}

function requestOf(job: AuditJob, weights: Weights, round: number): RunRequest {
  const first = job.seed + (round - 1) * job.images;
  return {
    ...job.request,
    seeds: Array.from({ length: job.images }, (_, i) => (first + i) % SEEDS),
    lanes: [
      {
        ...{ id: LANE, name: 'Audit', method: 'uce', parameters: { ...job.parameters, ...weights } },
        ...(job.delta && { delta: job.delta }),
      },
    ],
  };
}

/** Persons read clearly, by value. */
function countsOf(readings: readonly PersonReading[], { id, values, unclearBelow }: AttributeInfo): Counts {
  const clear = readings.map(({ attributes }) => clearValue(attributes[id] ?? [], unclearBelow));
  return Object.fromEntries(values.map((value, k) => [value.id, clear.filter((one) => one === k).length]));
}

/** The shares wanted of one attribute. @throws EvenhandError 'request-invalid' when they are none. */
function sharesOf({ attribute, request }: AuditJob): Shares {
  const combinations = isNameable(attribute) ? wantedShares([attribute], request.targets) : [];
  return Object.fromEntries(combinations.map(({ values, share }) => [values[attribute] ?? '', share]));
}

function attributeOf({ info }: AuditHost, id: string): AttributeInfo {
  const found = info.attributes.find((attribute) => attribute.id === id);
  if (found && isNameable(id)) return found;
  throw new EvenhandError(
    'request-invalid',
    `The audit cannot even out "${id}": ${found ? 'no words are known for its values' : 'this model reads no such attribute'}.`,
    'Choose gender presentation, skin tone or age, and a model that comes with a reader.',
  );
}

function cancelled(): EvenhandError {
  return new EvenhandError(
    'cancelled',
    'The audit was stopped.',
    'The weights of its last round can be kept, or start it anew.',
  );
}
