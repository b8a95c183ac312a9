import type { AttentionMaps, Condition, PreparedMethod } from '../methods/method';
import type { BranchAnswer, BranchInput } from './branches';
import type { Denoiser } from './denoiser';
import { createIdentity } from './identity';

/** What later lanes of a batch want, told before an earlier one is drawn. */
export interface Expected {
  /** Share of the run at which a timestep stands, 0 .. 1. */
  placeOf(timestep: number): number;
  /** The plain prompt, whose attention they may probe. */
  readonly plain: Condition;
  readonly probes: readonly NonNullable<PreparedMethod['probes']>[];
}

/** A denoiser that answers what another lane of the same batch asked before with what it was told then. */
export interface SharedDenoiser extends Denoiser {
  /** Evaluations that were not needed so far. */
  saved(): number;
}

export interface Sharing {
  /** @param expected of the lanes that follow in this batch; undefined after the last, whose answers nobody will ask for. */
  lane(expected: Expected | undefined): SharedDenoiser;
}

export interface SharingOptions {
  /**
   * Whether an answer is the same to the bit whatever else stands in the call, if anything does (Runtime.rowsStandAlone). If not,
   * only whole calls are shared.
   */
  readonly byRow: boolean;
  /** What may be held for lanes to come, bytes; what comes first is held first, since lanes part on the way. */
  readonly budget?: number;
}

const BUDGET = 256 * 2 ** 20;

/**
 * Lanes that have gone the same way so far, image by image, ask the UNet the same: the same latent, text, timestep and changes inside
 * it. Such questions are told by what they hold, not by which method asks, so that any mixture of lanes shares what it can, and each
 * lane's pixels are those it draws alone. Made for one batch, which has one guidance scale, and forgotten with it.
 */
export function createSharing(denoiser: Denoiser, { byRow, budget = BUDGET }: SharingOptions): Sharing {
  const identity = createIdentity();
  const known = new Map<string, BranchAnswer>();
  let held = 0;

  /** Everything that a prediction depends on. */
  function keyOf({ latent, condition, hDelta, steering }: BranchInput, timestep: number, keep: boolean) {
    const of = (tensor: Parameters<typeof identity.of>[0] | undefined) =>
      tensor ? identity.of(tensor, keep) : '';
    const inside = steering ? [of(steering.basis), of(steering.add), steering.renorm ?? 0] : [];
    return [timestep, of(latent), of(condition.k), of(condition.v), of(hDelta), ...inside].join(' ');
  }

  function lane(expected: Expected | undefined): SharedDenoiser {
    const keep = expected !== undefined;
    let saved = 0;

    async function predict(
      inputs: readonly BranchInput[],
      timestep: number,
      guidanceScale?: number,
    ): Promise<readonly BranchAnswer[]> {
      const keeps = keep && held < budget;
      const rows = inputs.map((input) => keyOf(input, timestep, keeps));
      const company = byRow ? (inputs.length === 1 ? 'alone' : 'among others') : rows.join(', ');
      const keys = rows.map((row, i) => (byRow ? `${row} ${company}` : `${i} of ${company}`));
      const found = inputs.map((input, i) => {
        const answer = known.get(keys[i]!);
        return answer && answers(answer, input) ? answer : undefined;
      });
      const missing = inputs.flatMap((_, i) => (found[i] && (byRow || found.every(Boolean)) ? [] : [i]));
      // Among others it must be, so one of them is asked again.
      if (missing.length === 1 && inputs.length > 1) missing.push(missing[0] === 0 ? 1 : 0);
      saved += inputs.length - missing.length;
      const asked = missing.map((i) => foresee(inputs[i]!, timestep, expected));
      const fresh = asked.length > 0 ? await denoiser.predict(asked, timestep, guidanceScale) : [];
      const all = [...found];
      fresh.forEach((answer, j) => {
        const i = missing[j]!;
        all[i] = answer;
        if (!keeps) return;
        known.set(keys[i]!, answer);
        held += bytesOf(answer) + inputs[i]!.latent.data.byteLength;
      });
      return inputs.map((input, i) => cut(all[i]!, input));
    }

    return {
      unet: denoiser.unet,
      guidesItself: denoiser.guidesItself,
      runMilliseconds: denoiser.runMilliseconds,
      saved: () => saved,
      predict,
    };
  }

  return { lane };
}

/** Adds the probes of lanes to come, which then need not ask again. */
function foresee(input: BranchInput, timestep: number, expected: Expected | undefined): BranchInput {
  const { condition } = input;
  if (!expected || condition.k !== expected.plain.k || condition.v !== expected.plain.v) return input;
  const place = expected.placeOf(timestep);
  const tokens = expected.probes.flatMap((probes) =>
    place >= probes.from && place < probes.to ? probes.tokens : [],
  );
  const all = [...new Set([...(input.probe ?? []), ...tokens])];
  return all.length > 0 ? { ...input, probe: all } : input;
}

/** Whether an answer given to a question of the same key holds all that this one asks for. */
function answers({ maps, middle }: BranchAnswer, { probe, readMiddle, readSteering }: BranchInput): boolean {
  if (readSteering || (readMiddle && !middle)) return false;
  return probe?.every((token) => maps?.tokens.includes(token)) ?? true;
}

/** Exactly what was asked for. */
function cut({ prediction, maps, middle, steering }: BranchAnswer, input: BranchInput): BranchAnswer {
  return {
    prediction,
    ...(input.probe && maps ? { maps: mapsOf(input.probe, maps) } : {}),
    ...(input.readMiddle && middle ? { middle } : {}),
    ...(input.readSteering && steering ? { steering } : {}),
  };
}

function mapsOf(tokens: readonly number[], from: AttentionMaps): AttentionMaps {
  const places = tokens.map((token) => from.tokens.indexOf(token));
  const layers = from.layers.map((layer) => ({ ...layer, maps: places.map((place) => layer.maps[place]!) }));
  return { tokens, layers };
}

function bytesOf({ prediction, maps, middle }: BranchAnswer): number {
  const attention = maps?.layers.flatMap((layer) => layer.maps) ?? [];
  return [prediction.data, middle?.data, ...attention].reduce(
    (sum, data) => sum + (data?.byteLength ?? 0),
    0,
  );
}
