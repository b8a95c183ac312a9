import { reliability } from '../../../src/core/metrics';
import type { Measurement } from '../../lib/report';
import { jackknife } from '../jackknife';
import {
  type Guess,
  inChunks,
  type RoundTrip,
  type RoundTripJob,
  type Sampler,
  type TwiceRead,
} from '../jobs';
import { type MakePart, type Plan, SEEDS } from './part';

const LARGEST_LOSS = 0.01;

/** Unseen renderings through the autoencoder: what is left of the picture, of the shipped reader's accuracy and calibration. */
export const autoencoder: MakePart = (plan) => {
  const world = tripJobs(plan, 'world', SEEDS.roundTrip, 500);
  const balanced = tripJobs(plan, 'balanced', SEEDS.roundTrip + 100_000, 1000);
  return {
    jobs: [...world, ...balanced],
    evaluate(answers) {
      const trips = answers.roundTrips(balanced);
      const attributes = Object.keys(trips[0]?.people[0]?.truth ?? {});
      const losses = attributes.map((id) => lossOf(trips, id));
      const largest = losses.toSorted((a, b) => b.value - a.value)[0]!;
      const diagrams = attributes.map((id) => [id, reliability(readingsOf(trips, id))] as const);
      return {
        measurements: [
          psnrOf('autoencoder round trip of the biased world, dB', answers.roundTrips(world), 32),
          psnrOf('autoencoder round trip of balanced renderings, dB', trips),
          {
            ...largest,
            name: 'shipped reader, accuracy lost by the round trip, largest',
            aim: { atMost: LARGEST_LOSS },
          },
          ...losses,
          ...attributes.map((id) => calibrationError(trips, id)),
        ],
        details: { reliability: Object.fromEntries(diagrams) },
      };
    },
  };
};

function tripJobs({ count }: Plan, sampler: Sampler, first: number, full: number): readonly RoundTripJob[] {
  return inChunks(first, count(full), 25, (seeds) => ({ kind: 'round-trip', sampler, seeds }));
}

/** Of the mean squared error over all pictures, which is a little below the mean of the pictures' own dB. */
function psnrOf(name: string, trips: readonly RoundTrip[], atLeast?: number): Measurement {
  const psnr = (some: readonly RoundTrip[]) =>
    10 * Math.log10(255 ** 2 / mean(some.map((one) => one.squaredError)));
  const aim = atLeast === undefined ? undefined : { atLeast };
  return { name, ...jackknife(trips, psnr), n: trips.length, aim };
}

/** A head that is not found is read wrong. People without a true value (androgynous) are left out. */
function lossOf(trips: readonly RoundTrip[], id: string): Measurement {
  const loss = (some: readonly RoundTrip[]) => {
    const people = peopleOf(some, id);
    return mean(people.map((one) => hit(one.clean, one, id) - hit(one.decoded, one, id)));
  };
  return {
    name: `shipped reader, accuracy lost by the round trip: ${id}`,
    ...jackknife(trips, loss),
    n: peopleOf(trips, id).length,
  };
}

function calibrationError(trips: readonly RoundTrip[], id: string): Measurement {
  const ece = (some: readonly RoundTrip[]) => reliability(readingsOf(some, id)).ece;
  return {
    name: `shipped reader, calibration error (ECE) after the round trip: ${id}`,
    ...jackknife(trips, ece, { lowest: 0 }),
    n: readingsOf(trips, id).length,
  };
}

const peopleOf = (trips: readonly RoundTrip[], id: string): TwiceRead[] =>
  trips.flatMap(({ people }) => people).filter(({ truth }) => truth[id] !== null);

function hit(guesses: TwiceRead['clean'], { truth }: TwiceRead, id: string): number {
  return guesses?.[id]?.value === truth[id] ? 1 : 0;
}

/** How sure the reader is of everybody it found, and whether it is right. */
function readingsOf(trips: readonly RoundTrip[], id: string): { confidence: number; right: boolean }[] {
  return peopleOf(trips, id).flatMap(({ decoded, truth }) => {
    const guess: Guess | undefined = decoded?.[id];
    return guess ? [{ confidence: guess.confidence, right: guess.value === truth[id] }] : [];
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
