import { existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { EvenhandError } from '../../src/core/errors';
import { type Tensor, tensor } from '../../src/core/tensor';
import type { Condition } from '../methods/method';
import { handmade } from '../onnx/handmade';
import { distance, type Golden, PEOPLE_UNET, readExport, readGolden, SIZES } from '../onnx/testing';
import { createNodeRuntime } from '../runtime/node';
import type { Runtime } from '../runtime/runtime';
import type { BranchInput } from './branches';
import type { Denoiser } from './denoiser';
import type { GraphFile } from './graphFile';
import { openUnet } from './unet';

let runtime: Runtime;
beforeAll(async () => {
  runtime = await createNodeRuntime(1);
});

function open(bytes: Uint8Array, sizes = SIZES, mostRows = Number.POSITIVE_INFINITY): Promise<Denoiser> {
  const path = 'unet/model.onnx';
  return openUnet(
    {
      ...{ path, sizes, title: 'Test', mostRows, open: (file) => runtime.open(file.bytes, path) },
      read: async () => ({ bytes, external: [] }),
    },
    { bytes, external: [] },
  );
}

const rows = (data: readonly number[], count: number, at: number) =>
  Float32Array.from(data.slice((data.length / count) * at, (data.length / count) * (at + 1)));

/** Sample `at` of a golden batch. */
function inputOf(golden: Golden, at: number): BranchInput {
  const { tokens, height, width } = SIZES;
  const text = (from: readonly number[]) => tensor(rows(from, golden.batch, at), [tokens, golden.textWidth]);
  const k = text(golden.text);
  const latent = tensor(rows(golden.sample, golden.batch, at), [golden.channels, height, width]);
  return { latent, condition: { prompt: '', k, v: k, eos: 1 } };
}

const valuesOf = (golden: Golden, at: number): Tensor =>
  tensor(rows(golden.textV, golden.batch, at), [SIZES.tokens, golden.textWidth]);

describe.each(['conv-script-17', 'conv-packed-17', 'conv-dynamo-20'])('the denoiser on %s', (name) => {
  const golden = readGolden('conv');
  const channels = golden.widths.reduce((sum, width) => sum + width, 0);
  let denoiser: Denoiser;
  beforeAll(async () => {
    denoiser = await open(readExport(name));
  }, 60_000);

  /** One sample at its own timestep. */
  const ask = async (at: number, changes: Partial<BranchInput> = {}) =>
    (await denoiser.predict([{ ...inputOf(golden, at), ...changes }], golden.timestep[at]!))[0]!;
  const own = (data: readonly number[], at: number) => rows(data, golden.batch, at);

  it('answers one by one as it does together, with attention and mid-block', async () => {
    const apart = await open(readExport(name), SIZES, 1);
    const inputs = [0, 1].map((at) => ({ ...inputOf(golden, at), probe: [1, 2], readMiddle: true }));
    const [one, other] = [await denoiser.predict(inputs, 500), await apart.predict(inputs, 500)];
    const numbers = (answers: typeof one) =>
      answers.flatMap(({ prediction, maps, middle }) => [
        ...prediction.data,
        ...(middle?.data ?? []),
        ...(maps?.layers ?? []).flatMap((layer) => layer.maps.flatMap((map) => [...map])),
      ]);
    const [a, b] = [numbers(one), numbers(other)];
    expect(a.length).toBeGreaterThan(2 * inputs[0]!.latent.data.length);
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i]!)))).toBeLessThan(1e-5);
    // Nor does it matter who else is asked: what a lane shares with others stays its own to the bit.
    expect((await apart.predict(inputs.slice(1), 500))[0]).toEqual(other[1]);
  });

  it('predicts what torch predicts', async () => {
    for (const at of [0, 1]) {
      expect(distance((await ask(at)).prediction.data, own(golden.prediction, at))).toBeLessThan(1e-4);
    }
    expect(denoiser.runMilliseconds()).toBeGreaterThan(0);
  });

  it('gives values a text of their own, beside inputs of one text in the same call', async () => {
    const input = inputOf(golden, 0);
    const split = { ...input, condition: { ...input.condition, v: valuesOf(golden, 0) } };
    const [first, second] = await denoiser.predict([input, split], golden.timestep[0]!);
    expect(distance(first!.prediction.data, own(golden.prediction, 0))).toBeLessThan(1e-4);
    expect(distance(second!.prediction.data, own(golden.split.prediction, 0))).toBeLessThan(1e-4);
  });

  it('shows the attention of the tokens that each input asks for, in its order', async () => {
    const input = inputOf(golden, 0);
    const [one, two, none] = await denoiser.predict(
      [{ ...input, probe: golden.probed.toReversed() }, { ...input, probe: [0, golden.probed[1]!] }, input],
      golden.timestep[0]!,
    );
    expect(none!.maps).toBeUndefined();
    expect(one!.maps!.tokens).toEqual(golden.probed.toReversed());
    one!.maps!.layers.forEach(({ layer, maps, height, width, place }) => {
      const expected = own(golden.maps[layer]!, 0);
      expect(distance(maps[1]!, expected.subarray(0, height * width))).toBeLessThan(1e-4);
      expect(distance(maps[0]!, expected.subarray(height * width))).toBeLessThan(1e-4);
      expect(two!.maps!.layers[layer]!.maps[1]).toEqual(maps[0]);
      expect(['down', 'mid', 'up']).toContain(place);
    });
    expect(one!.maps!.layers).toHaveLength(golden.maps.length);
  });

  it('reads the mid-block and adds to it; adding nothing changes no bit', async () => {
    const hDelta = tensor(own(golden.delta.hDelta, 1), golden.middle);
    const moved = await ask(1, { hDelta, readMiddle: true });
    expect(distance(moved.middle!.data, own(golden.h, 1))).toBeLessThan(1e-4);
    expect(moved.middle!.dims).toEqual(golden.middle);
    expect(distance(moved.prediction.data, own(golden.delta.prediction, 1))).toBeLessThan(1e-4);
    const plain = await ask(1);
    const zero = await ask(1, { hDelta: tensor(new Float32Array(hDelta.data.length), golden.middle) });
    expect(zero.prediction.data).toEqual(plain.prediction.data);
    const [c] = golden.middle;
    const same = {
      hDelta: tensor(
        Float32Array.from({ length: c }, (_, i) => i),
        [c, 1, 1],
      ),
    };
    const spread = tensor(
      Float32Array.from({ length: hDelta.data.length }, (_, i) => Math.floor((i / hDelta.data.length) * c)),
      golden.middle,
    );
    expect((await ask(1, same)).prediction.data).toEqual((await ask(1, { hDelta: spread })).prediction.data);
  });

  it('reads and steers the outputs of the cross-attentions; steering by nothing is the prediction as it was', async () => {
    const { steer } = golden;
    const steering = {
      basis: tensor(own(steer.basis, 1), [2, channels]),
      add: tensor(own(steer.add, 1), [channels]),
      renorm: steer.renorm[1]!,
    };
    const directions = tensor(Float32Array.from(steer.directions), [2, channels]);
    const { prediction } = await ask(1, { steering });
    const { steering: read } = await ask(1, { readSteering: { directions } });
    expect(distance(prediction.data, own(steer.prediction, 1))).toBeLessThan(1e-4);
    expect(distance(read!.means.data, own(steer.means, 1))).toBeLessThan(1e-4);
    expect(distance(read!.responses.data, own(steer.responses, 1))).toBeLessThan(1e-4);
    expect(read!.responses.dims).toEqual([golden.maps.length, 2]);
    const off = await ask(1, { steering: {} });
    expect(distance(off.prediction.data, own(golden.prediction, 1))).toBeLessThan(1e-4);
    expect(distance(off.prediction.data, (await ask(1)).prediction.data)).toBeLessThanOrEqual(1e-5);
  });

  it('steers one input of a batch and leaves the others', async () => {
    const input = inputOf(golden, 1);
    const steering = { add: tensor(own(golden.steer.add, 1), [channels]) };
    const [first, second] = await denoiser.predict([input, { ...input, steering }], golden.timestep[1]!);
    expect(distance(first!.prediction.data, own(golden.prediction, 1))).toBeLessThan(1e-4);
    expect(distance(second!.prediction.data, first!.prediction.data)).toBeGreaterThan(1e-2);
  });
});

describe('a UNet in half precision, fused and packed by ONNX Runtime, that wants half-precision inputs', () => {
  it('answers as the torch modules do, and shows their attention', async () => {
    const golden = readGolden('conv');
    const denoiser = await open(readExport('conv-optimized-half-17'));
    const [answer] = await denoiser.predict(
      [{ ...inputOf(golden, 0), probe: golden.probed }],
      golden.timestep[0]!,
    );
    // float16 has 11 bits, and twenty layers add up their rounding.
    expect(distance(answer!.prediction.data, rows(golden.prediction, golden.batch, 0))).toBeLessThan(2e-2);
    const { layers } = answer!.maps!;
    layers.forEach(({ maps }, layer) => {
      const own = maps.flatMap((map) => [...map]);
      expect(distance(own, rows(golden.maps[layer]!, golden.batch, 0))).toBeLessThan(2e-2);
    });
  });
});

describe('a UNet that cannot be looked into', () => {
  const golden = readGolden('conv');

  it('is opened as it is, and says what it cannot give, why, and what works', async () => {
    const denoiser = await open(
      handmade({
        inputs: { sample: 4, timestep: 1, encoder_hidden_states: 3 },
        nodes: [{ op: 'Relu', inputs: ['sample'], outputs: ['out_sample'] }],
        outputs: ['out_sample'],
      }),
    );
    const { unet } = denoiser;
    expect([unet.can('splitText'), unet.can('middle'), unet.crossAttentions.length]).toEqual([
      false,
      false,
      0,
    ]);
    for (const changes of [{ probe: [0] }, { steering: {} }, { readMiddle: true }]) {
      await expect(denoiser.predict([{ ...inputOf(golden, 0), ...changes }], 1)).rejects.toMatchObject({
        code: 'model-unsupported',
        message: expect.stringContaining('in none of its 0 attentions'),
        nextStep: expect.stringContaining('Attribute prompts'),
      });
    }
  });

  it('draws all the same where the backend refuses the graph that was written', async () => {
    const bytes = readExport('conv-script-17');
    const file = { bytes, external: [] };
    const refusing = async (made: GraphFile) => {
      if (made === file) return runtime.open(bytes, 'unet');
      throw new EvenhandError('model-unsupported', 'This backend wants it plain.', 'Choose another.');
    };
    const denoiser = await openUnet(
      { path: 'unet', sizes: SIZES, title: 'Test', open: refusing, read: async () => file },
      file,
    );
    const [answer] = await denoiser.predict([inputOf(golden, 0)], golden.timestep[0]!);
    expect(distance(answer!.prediction.data, rows(golden.prediction, golden.batch, 0))).toBeLessThan(1e-4);
    expect(() => denoiser.unet.require('middle')).toThrow('wants it plain');
  });

  it('is not what a damaged file is', async () => {
    await expect(open(Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'model-corrupt' });
  });
});

describe.runIf(existsSync(PEOPLE_UNET))('the embedded model', () => {
  const sizes = { height: 16, width: 16, tokens: 77 };
  const wave = (dims: readonly number[], step: number) =>
    tensor(
      Float32Array.from(
        { length: dims.reduce((a, b) => a * b, 1) },
        (_, i) => 1.5 * Math.sin(i * step + i * i * 0.01),
      ),
      dims,
    );

  it('predicts as its file does to 1e-5, and its attention sums to 1 over all tokens', async () => {
    const bytes = new Uint8Array(readFileSync(PEOPLE_UNET));
    const denoiser = await open(bytes, sizes);
    const plain = await runtime.open(bytes, 'unet');
    const channels = Number(plain.inputs.find(({ name }) => name === 'sample')!.dims[1]);
    const width = Number(plain.inputs.find(({ name }) => name === 'encoder_hidden_states')!.dims[2]);
    const [latent, k] = [wave([channels, 16, 16], 0.7), wave([sizes.tokens, width], 0.3)];
    const condition: Condition = { prompt: '', k, v: k, eos: 1 };
    const probe = Array.from({ length: sizes.tokens }, (_, row) => row);
    const [answer] = await denoiser.predict([{ latent, condition, probe }], 801);
    const outputs = await plain.run({
      sample: { data: latent.data, dims: [1, ...latent.dims] },
      timestep: { numbers: [801], dims: [1] },
      encoder_hidden_states: { data: k.data, dims: [1, ...k.dims] },
    });
    // Measured: 0, both here and with steering off below.
    expect(distance(answer!.prediction.data, outputs[plain.outputs[0]!.name]!.data)).toBeLessThanOrEqual(
      1e-5,
    );
    for (const { maps } of answer!.maps!.layers) {
      const sums = maps[0]!.map((_, pixel) => maps.reduce((sum, map) => sum + map[pixel]!, 0));
      expect(distance(sums, new Array<number>(sums.length).fill(1))).toBeLessThan(1e-4);
    }
    const off = await denoiser.predict([{ latent, condition, steering: {} }], 801);
    expect(distance(off[0]!.prediction.data, answer!.prediction.data)).toBeLessThanOrEqual(1e-5);
  }, 60_000);
});
