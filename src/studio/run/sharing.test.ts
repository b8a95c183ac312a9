import { expect, it } from 'vitest';
import { savedBySharing } from './sharing';

const timings = {
  encode: 0,
  denoise: 0,
  unetRun: 0,
  decode: 0,
  perceive: 0,
  steps: 0,
  unetEvaluationsPreparing: 0,
};

it('tells which share of the UNet evaluations was saved, and none for a run that asked for nothing', () => {
  expect(savedBySharing({ ...timings, unetEvaluations: 30, unetEvaluationsShared: 10 })).toBe(0.25);
  expect(savedBySharing({ ...timings, unetEvaluations: 0, unetEvaluationsShared: 0 })).toBe(0);
  const { unetEvaluationsShared: _, ...stored } = {
    ...timings,
    unetEvaluations: 30,
    unetEvaluationsShared: 0,
  };
  expect(savedBySharing(stored as typeof stored & { unetEvaluationsShared: number })).toBe(0);
});
