import { expect, it } from 'vitest';
import { costOf } from './cost';

it('a method costs its share of the UNet evaluations that plain guidance needs', () => {
  const settings = { steps: 16, guidance: 2.2 };
  expect(costOf({ relativeCost: 1 }, settings)).toEqual({ text: 'No extra cost', evaluations: 32 });
  expect(costOf({ relativeCost: 2 }, settings)).toEqual({ text: '2 × the work', evaluations: 64 });
  expect(costOf({ relativeCost: 1.25 }, settings).evaluations).toBe(40);
});

it('without guidance, what a method adds is added to one evaluation a step', () => {
  expect(costOf({ relativeCost: 1 }, { steps: 4, guidance: 1 }).evaluations).toBe(4);
  expect(costOf({ relativeCost: 2 }, { steps: 4, guidance: 1 }).evaluations).toBe(12);
});

it('nothing is promised before the model has said how many steps it takes', () => {
  expect(costOf({ relativeCost: 1 }, { steps: null, guidance: null }).evaluations).toBeNull();
});
