import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readDigits } from './digits';
import { createSession } from './session';
import type { LaboratorySettings } from './types';
import { createWorld } from './world';

const digits = readDigits(new Uint8Array(readFileSync('public/laboratory/digits.safetensors')), 'digits');
const settings: LaboratorySettings = { pair: 0, share: 0.9, alpha: 0.05, form: 'ddm', seed: 1 };

it('reads the digits it learns from, and noise as neither', () => {
  const [zeros, ones] = [digits.pictures(0), digits.pictures(1)];
  const all = (pictures: readonly Float32Array[]) => Float32Array.from(pictures.flatMap((p) => [...p]));
  expect(digits.read(all(zeros.slice(0, 100)), [0, 1]).counts[0]).toBeGreaterThan(95);
  expect(digits.read(all(ones.slice(0, 100)), [0, 1]).counts[1]).toBeGreaterThan(95);
  const noise = Float32Array.from({ length: 100 * 196 }, (_, i) => Math.sin(i * i));
  expect(digits.read(noise, [0, 1]).unclear).toBeGreaterThan(95);
});

it('shows the first digit as often as it is told to', () => {
  const world = createWorld(digits, [0, 1], 0.8, 3);
  let first = 0;
  for (let step = 0; step < 50; step++) {
    const { classes } = world.batch(step);
    for (let row = 0; row < classes.length; row += 2) first += classes[row]!;
  }
  expect(first / (50 * 64)).toBeCloseTo(0.8, 1);
});

it('goes on after a pause to the bit as if there had been none', async () => {
  const whole = await createSession(digits, settings);
  const begun = await createSession(digits, settings);
  for (let step = 0; step < 3; step++) begun.advance();
  const gone = await createSession(digits, settings, begun.state());
  const [a, b] = [[], []] as [unknown[], unknown[]];
  for (let step = 0; step < 5; step++) a.push(whole.advance());
  for (let step = 3; step < 5; step++) b.push(gone.advance());
  expect(b).toEqual(a.slice(3));
  expect(gone.step).toBe(5);
  for (const session of [whole, begun, gone]) session.close();
});

it('learns: the error of both falls, and the indicator tells the digits apart in one alone', async () => {
  const session = await createSession(digits, settings);
  const errors: (readonly [number, number])[] = [];
  let last: readonly [number, number] = [0, 0];
  for (let step = 0; step < 60; step++) {
    const told = session.advance();
    errors.push(told.errors);
    last = told.indicators;
  }
  expect(errors.at(-1)![0]).toBeLessThan(errors[0]![0] * 0.8);
  expect(errors.at(-1)![1]).toBeLessThan(errors[0]![1] * 0.8);
  expect(last[1]).toBeGreaterThan(last[0] + 0.1);
  session.close();
});

it.each([
  ['too short', new Float32Array(10)],
  ['not of numbers', new Float32Array(2_039_456).fill(Number.NaN)],
])('refuses a kept training that is %s', async (_, numbers) => {
  await expect(createSession(digits, settings, { step: 3, numbers })).rejects.toMatchObject({
    code: 'metadata-invalid',
  });
});
