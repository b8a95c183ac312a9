import type { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Instrumented, instrument } from './instrument';
import {
  baseFeeds,
  dataOf,
  distance,
  EVERYTHING,
  EXPORTS,
  type Feeds,
  floats,
  integers,
  offFeeds,
  openSession,
  readExport,
  readGolden,
  SIZES,
  textFeed,
} from './testing';

/** Opening a graph of two thousand nodes takes a second, and much longer on a machine that is busy. */
const PATIENCE = 120_000;

describe.each(EXPORTS)('instrumenting $name', ({ name, unet, tolerance }) => {
  const golden = readGolden(unet);
  const channels = golden.widths.reduce((sum, width) => sum + width, 0);
  let made: Instrumented;
  let session: InferenceSession;

  const run = (changes: Feeds = {}) =>
    session.run({ ...offFeeds(made.ports, baseFeeds(golden), made.anatomy), ...changes });

  beforeAll(async () => {
    made = instrument(readExport(name), EVERYTHING, { path: name, sizes: SIZES });
    session = await openSession(made.bytes);
  }, PATIENCE);
  afterAll(() => session.release());

  it(
    'changes nothing while everything is off',
    async () => {
      const after = dataOf((await run()).out_sample);
      // The graph is the UNet that the hooks were on.
      expect(distance(after, golden.prediction)).toBeLessThan(tolerance);
      // For what its optimizer makes of it ONNX Runtime has kernels on GPUs only.
      if (/optimized|fused/.test(name)) return;
      const original = await openSession(readExport(name));
      const before = dataOf((await original.run(baseFeeds(golden))).out_sample);
      expect(distance(after, before)).toBeLessThanOrEqual(1e-5);
      await original.release();
    },
    PATIENCE,
  );

  it('gives the values a text of their own', async () => {
    const outputs = await run({ [made.ports.textValues!]: textFeed(golden, golden.textV) });
    expect(distance(dataOf(outputs.out_sample), golden.split.prediction)).toBeLessThan(tolerance);
    expect(distance(golden.split.prediction, golden.prediction)).toBeGreaterThan(0.1);
  });

  it('shows the attention of chosen tokens as torch hooks see it', async () => {
    const { tokens, maps, layers } = made.ports.probes!;
    const outputs = await run({ [tokens]: integers(golden.probed) });
    const all = dataOf(outputs[maps]);
    const pixels = layers.reduce((sum, { height, width }) => sum + height * width, 0);
    expect(outputs[maps]!.dims).toEqual([golden.batch, golden.probed.length, pixels]);
    expect(layers).toHaveLength(golden.maps.length);
    for (const { layer, offset, height, width } of layers) {
      const own = Array.from({ length: golden.batch * golden.probed.length }, (_, row) => [
        ...all.subarray(row * pixels + offset, row * pixels + offset + height * width),
      ]).flat();
      expect(distance(own, golden.maps[layer]!)).toBeLessThan(tolerance);
    }
  });

  it('shows the outputs of the cross-attentions', async () => {
    const outputs = await run();
    expect(made.ports.crossOutputs).toHaveLength(golden.outputs.length);
    for (const { name: output, layer } of made.ports.crossOutputs!) {
      expect(distance(dataOf(outputs[output]), golden.outputs[layer]!)).toBeLessThan(tolerance);
    }
  });

  it('shows the mid-block and adds to it', async () => {
    const { h, hDelta } = made.ports.middle!;
    const outputs = await run({ [hDelta]: floats(golden.delta.hDelta, [golden.batch, ...golden.middle]) });
    expect(distance(dataOf(outputs[h]), golden.h)).toBeLessThan(tolerance);
    expect(distance(dataOf(outputs.out_sample), golden.delta.prediction)).toBeLessThan(tolerance);
    expect(distance(golden.delta.prediction, golden.prediction)).toBeGreaterThan(0.1);
  });

  it('measures and steers the outputs of the cross-attentions', async () => {
    const steering = made.ports.steering!;
    const { steer } = golden;
    expect(steering.channels).toBe(channels);
    const directions = { [steering.directions]: floats(steer.directions, [2, channels]) };
    const measured = await run(directions);
    expect(distance(dataOf(measured[steering.means]), steer.means)).toBeLessThan(tolerance);
    expect(distance(dataOf(measured[steering.responses]), steer.responses)).toBeLessThan(tolerance);
    const steered = await run({
      ...directions,
      [steering.basis]: floats(steer.basis, [golden.batch, 2, channels]),
      [steering.add]: floats(steer.add, [golden.batch, channels]),
      [steering.renorm]: floats(steer.renorm, [golden.batch]),
    });
    expect(distance(dataOf(steered.out_sample), steer.prediction)).toBeLessThan(tolerance);
    expect(distance(steer.prediction, golden.prediction)).toBeGreaterThan(0.1);
  });
});
