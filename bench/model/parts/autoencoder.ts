import { bootstrap, reliability } from '../../../src/core/metrics';
import type { Measurement } from '../../lib/report';
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
          ...diagrams.map(([id, { ece }]) => calibrationError(trips, id, ece)),
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
  return {
    name,
    value: psnr(trips),
    n: trips.length,
    interval: around(psnr(trips), trips, psnr),
    aim: atLeast === undefined ? undefined : { atLeast },
  };
}

/** A head that is not found is read wrong. People without a true value (androgynous) are left out. */
function lossOf(trips: readonly RoundTrip[], id: string): Measurement {
  const loss = (some: readonly RoundTrip[]) => {
    const people = peopleOf(some, id);
    return mean(people.map((one) => hit(one.clean, one, id) - hit(one.decoded, one, id)));
  };
  return {
    name: `shipped reader, accuracy lost by the round trip: ${id}`,
    value: loss(trips),
    n: peopleOf(trips, id).length,
    interval: around(loss(trips), trips, loss),
  };
}

function calibrationError(trips: readonly RoundTrip[], id: string, ece: number): Measurement {
  return {
    name: `shipped reader, calibration error (ECE) after the round trip: ${id}`,
    value: ece,
    n: readingsOf(trips, id).length,
    interval: around(ece, trips, (some) => reliability(readingsOf(some, id)).ece),
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

/** 95 % by resampling whole pictures, widened where needed to hold the value itself. */
function around(
  value: number,
  trips: readonly RoundTrip[],
  measure: (some: readonly RoundTrip[]) => number,
): readonly [number, number] {
  const found = bootstrap(trips, measure, { promptOf: () => '', resamples: 300 });
  return [Math.min(value, found?.low ?? value), Math.max(value, found?.high ?? value)];
}

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
