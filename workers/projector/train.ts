import { EvenhandError } from '../../src/core/errors';
import { createPrng, type Prng, torchRandn } from '../../src/core/rng';
import { stopIfCancelled, yieldToEvents } from '../pipeline/events';
import { createTrainer } from './contrastive';
import type { Encoder } from './encoder';
import { trainClassifier } from './groups';
import { projectorId } from './identity';
import { LEAST_PICTURES } from './limits';
import { mirror, pool, pooledDims } from './pool';
import { meanEmbedding, separationOf, stereotypeScore } from './separation';
import type {
  GroupPrior,
  GroupSets,
  Network,
  Projector,
  ProjectorJob,
  Separation,
  TrainingProgress,
} from './types';

/** The model that the projector will fit. */
export interface TrainingHost {
  readonly encoder: Encoder;
  readonly model: { readonly title: string; readonly hash: string };
  readonly latentDims: readonly [number, number, number];
  readonly signal: AbortSignal;
  onProgress(progress: TrainingProgress): void;
}

/** Numbers of methods.md 4.1 (ours), the network smaller and the training shorter, for a minute on a laptop. */
const HIDDEN = 128;
const OUTPUTS = 64;
const TAU = 0.1;
const RATE = 1e-3;
/** Pictures of each set in a batch. */
const BATCH = 32;
/** Largest standard deviation of the noise on a latent: about that of timestep 200 of 1000 on a cosine schedule. */
const NOISE = 0.3;
/** Every fifth picture is kept from the training, to measure on. */
const HELD_OUT = 5;
/** Pictures of each set that the direct guidance draws from. */
const REFERENCES = 32;

/** Pooled latents of one group. */
interface Rows {
  readonly train: readonly Float32Array[];
  readonly heldOut: readonly Float32Array[];
}

interface Group {
  readonly id: string;
  readonly title: string;
  readonly fair: Rows;
  readonly stereotypical: Rows;
}

/**
 * Encodes the sets, trains the projector and measures it on pictures it has not seen.
 * @throws EvenhandError 'request-invalid' when a set is too small, 'cancelled' when the signal came.
 */
export async function trainProjector(job: ProjectorJob, host: TrainingHost): Promise<Projector> {
  checkJob(job);
  const groups = await encodeSets(job.groups, host);
  const { network, losses } = await trainNetwork(groups, job, host);
  const priors = groups.map((group) => priorOf(network, group));
  const classifier = groups.length > 1 ? trainClassifier(groups.map(({ fair }) => fair.train)) : undefined;
  const { title, hash } = host.model;
  const trained = {
    name: job.name,
    source: job.source,
    createdAt: Date.now(),
    model: { title, hash },
    latentDims: host.latentDims,
    network,
    groups: priors,
    ...(classifier && { classifier }),
    tau: TAU,
    training: { steps: job.steps, seed: job.seed, losses },
  };
  return { ...trained, id: await projectorId(trained) };
}

function checkJob({ groups }: ProjectorJob): void {
  const small = groups
    .flatMap(({ title, fair, stereotypical }) => [
      { title, set: 'fair', count: fair.length, ok: fair.length >= LEAST_PICTURES },
      {
        title,
        set: 'stereotypical',
        count: stereotypical.length,
        ok: stereotypical.length === 0 || stereotypical.length >= LEAST_PICTURES,
      },
    ])
    .find(({ ok }) => !ok);
  if (small) {
    throw tooFew(
      `The ${small.set} set of “${small.title}” has ${small.count} pictures, and a projector needs ${LEAST_PICTURES} at least.`,
    );
  }
  if (groups.every(({ stereotypical }) => stereotypical.length === 0)) {
    throw tooFew('There are no stereotypical pictures, so there is nothing to tell the fair ones from.');
  }
}

async function encodeSets(
  sets: readonly GroupSets[],
  { encoder, signal, onProgress }: TrainingHost,
): Promise<Group[]> {
  const total = sets.reduce((sum, { fair, stereotypical }) => sum + fair.length + stereotypical.length, 0);
  let done = 0;
  const encodeAll = async (pictures: GroupSets['fair']): Promise<Rows> => {
    const rows: Float32Array[] = [];
    for (const picture of pictures) {
      await yieldToEvents();
      stopIfCancelled(signal);
      rows.push(pool(await encoder.encode(picture)));
      onProgress({ stage: 'encode', done: ++done, total });
    }
    const isHeldOut = (_: unknown, i: number) => i % HELD_OUT === HELD_OUT - 1;
    return { train: rows.filter((row, i) => !isHeldOut(row, i)), heldOut: rows.filter(isHeldOut) };
  };
  const groups: Group[] = [];
  for (const { id, title, fair, stereotypical } of sets) {
    groups.push({ id, title, fair: await encodeAll(fair), stereotypical: await encodeAll(stereotypical) });
  }
  return groups;
}

/** Each step takes one group, in turn, so that no group's fair pictures stand against another's stereotypical ones. */
async function trainNetwork(
  groups: readonly Group[],
  { steps, seed }: ProjectorJob,
  { latentDims, signal, onProgress }: TrainingHost,
): Promise<{ network: Network; losses: number[] }> {
  const [channels, rows, columns] = pooledDims(latentDims);
  const inputs = channels * rows * columns;
  const cellSize = (latentDims[1] / rows) * (latentDims[2] / columns);
  const random = createPrng(seed);
  // Drawing fresh noise would take longer than the training itself: each row takes a stretch of a long tape.
  const noise = torchRandn(seed, 64 * inputs);
  const contrasted = groups.filter(({ stereotypical }) => stereotypical.train.length > 0);
  const trainer = await createTrainer(
    firstNetwork(inputs, random),
    { fair: BATCH, stereotypical: BATCH },
    TAU,
    RATE,
  );
  const losses: number[] = [];
  try {
    for (let step = 0; step < steps; step++) {
      await yieldToEvents();
      stopIfCancelled(signal);
      const { fair, stereotypical } = contrasted[step % contrasted.length]!;
      const batch = new Float32Array(2 * BATCH * inputs);
      for (let row = 0; row < 2 * BATCH; row++) {
        const { train } = row < BATCH ? fair : stereotypical;
        const picture = train[random.integer(train.length)]!;
        const turned = random.uniform() < 0.5 ? mirror(picture, columns) : picture;
        // As on its way through the denoising: the mean of a cell of n values has n^-1/2 times their noise.
        const sigma = NOISE * random.uniform();
        const keep = Math.sqrt(1 - sigma ** 2);
        const from = random.integer(noise.length - inputs);
        for (let i = 0; i < inputs; i++) {
          batch[row * inputs + i] = keep * turned[i]! + (sigma * noise[from + i]!) / Math.sqrt(cellSize);
        }
      }
      const loss = trainer.step(batch);
      if (step % Math.ceil(steps / 10) === 0 || step === steps - 1) losses.push(loss);
      onProgress({ stage: 'train', done: step + 1, total: steps, loss });
    }
    return { network: trainer.network(), losses };
  } finally {
    trainer.close();
  }
}

/** Uniform weights of variance 1 / inputs (LeCun), as torch's layers would start but for a factor. */
function firstNetwork(inputs: number, random: Prng): Network {
  const layer = (from: number, to: number) =>
    Float32Array.from({ length: from * to }, () => (2 * random.uniform() - 1) * Math.sqrt(3 / from));
  return {
    inputs,
    hidden: HIDDEN,
    outputs: OUTPUTS,
    w1: layer(inputs, HIDDEN),
    b1: new Float32Array(HIDDEN),
    w2: layer(HIDDEN, OUTPUTS),
    b2: new Float32Array(OUTPUTS),
  };
}

function priorOf(network: Network, { id, title, fair, stereotypical }: Group): GroupPrior {
  const references = {
    id,
    title,
    fair: joined(fair.train.slice(0, REFERENCES)),
    stereotypical: joined(stereotypical.train.slice(0, REFERENCES)),
  };
  if (stereotypical.train.length === 0) return references;
  const prior = {
    fair: meanEmbedding(network, fair.train),
    stereotypical: meanEmbedding(network, stereotypical.train),
  };
  const scores = (rows: readonly Float32Array[]) => rows.map((row) => stereotypeScore(network, prior, row));
  const separation = separationOf(scores(fair.heldOut), scores(stereotypical.heldOut));
  return canBeTold(separation) ? { ...references, prior, separation } : { ...references, separation };
}

function canBeTold({ low }: Separation): boolean {
  return low > 0.5;
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const out = new Float32Array(rows.length * length);
  rows.forEach((row, i) => {
    out.set(row, i * length);
  });
  return out;
}

function tooFew(message: string): EvenhandError {
  return new EvenhandError(
    'request-invalid',
    `The projector cannot be trained. ${message}`,
    `Give every group ${LEAST_PICTURES} fair and ${LEAST_PICTURES} stereotypical pictures or more, and train it again.`,
  );
}
