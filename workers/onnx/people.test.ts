import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { instrument } from './instrument';
import {
  dataOf,
  distance,
  EVERYTHING,
  floats,
  integers,
  offFeeds,
  openSession,
  PEOPLE_UNET,
} from './testing';

/** Repeatable numbers of roughly the spread of noise. */
const wave = (count: number, step: number) =>
  Float32Array.from({ length: count }, (_, index) => 1.5 * Math.sin(index * step + index * index * 0.01));

describe('the embedded model', () => {
  it('draws the same with everything added and off, and otherwise what was asked for', async () => {
    const bytes = new Uint8Array(readFileSync(PEOPLE_UNET));
    const { bytes: written, anatomy, ports } = instrument(bytes, EVERYTHING);
    const channels = readChannels();
    const { height, width, tokens } = anatomy.sizes;
    const batch = 2;
    const feeds = {
      sample: floats(wave(batch * channels * height * width, 0.7), [batch, channels, height, width]),
      timestep: floats([801, 77], [batch]),
      encoder_hidden_states: floats(wave(batch * tokens * anatomy.textWidth!, 0.3), [
        batch,
        tokens,
        anatomy.textWidth!,
      ]),
    };
    const original = await openSession(bytes);
    const before = dataOf((await original.run(feeds)).out_sample);
    await original.release();

    const session = await openSession(written);
    expect(session.outputNames[0]).toBe('out_sample');
    const off = offFeeds(ports, feeds, anatomy);
    const all = integers(Array.from({ length: tokens }, (_, row) => row));
    const outputs = await session.run({ ...off, [ports.probes!.tokens]: all });
    expect(distance(dataOf(outputs.out_sample), before)).toBeLessThanOrEqual(1e-5);

    // Over all tokens, each pixel's attention sums to 1.
    const maps = dataOf(outputs[ports.probes!.maps]);
    const pixels = maps.length / (batch * tokens);
    const sums = Array.from({ length: pixels }, (_, pixel) =>
      Array.from({ length: tokens }, (_, row) => maps[row * pixels + pixel]!).reduce((a, b) => a + b, 0),
    );
    expect(distance(sums, new Array<number>(pixels).fill(1))).toBeLessThan(1e-4);

    // Full outputs and their means are two views of the same numbers.
    const { steering, crossOutputs } = ports;
    const means = dataOf(outputs[steering!.means]);
    const { offset, channels: own } = steering!.layers[1]!;
    const full = dataOf(outputs[crossOutputs![1]!.name]);
    const rows = full.length / batch / own;
    const mean = Array.from({ length: own }, (_, channel) =>
      Array.from({ length: rows }, (_, row) => full[row * own + channel]! / rows).reduce((a, b) => a + b, 0),
    );
    expect(distance(means.subarray(offset, offset + own), mean)).toBeLessThan(1e-4);

    // Text for values alone moves the picture, and both texts together move it as one text does.
    const other = floats(wave(batch * tokens * anatomy.textWidth!, 0.9), [batch, tokens, anatomy.textWidth!]);
    const drawn = async (k: typeof other, v: typeof other) =>
      dataOf((await session.run({ ...off, encoder_hidden_states: k, [ports.textValues!]: v })).out_sample);
    expect(distance(await drawn(feeds.encoder_hidden_states, other), before)).toBeGreaterThan(0.01);
    const reopened = await openSession(bytes);
    const expected = dataOf((await reopened.run({ ...feeds, encoder_hidden_states: other })).out_sample);
    expect(distance(await drawn(other, other), expected)).toBeLessThanOrEqual(1e-5);
    await reopened.release();
    await session.release();
  }, 120_000);
});

function readChannels(): number {
  const config = JSON.parse(readFileSync(PEOPLE_UNET.replace('model.onnx', 'config.json'), 'utf8')) as {
    in_channels: number;
  };
  return config.in_channels;
}
