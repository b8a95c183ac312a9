import { readFileSync } from 'node:fs';
import { Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { createFlow } from '../onnx/flow';
import { instrument } from '../onnx/instrument';
import { readModel } from '../onnx/model';
import { dataOf, distance, floats, openSession, readExport } from '../onnx/testing';
import { UNPACKED_BELOW } from '../runtime/large';
import { TINY } from '../testing/tiny';
import { type Applied, applyDelta } from './apply';
import { readDelta } from './file';
import { type SiteOptions, siteFinder } from './sites';
import { weightReader } from './weight';

/** Against torch modules with W + strength * alpha / rank * B A; made by `python -m training.golden.lora`. */

interface Golden {
  readonly modules: number;
  readonly every: number;
  readonly sampleShape: readonly number[];
  readonly textShape: readonly number[];
  readonly sample: readonly number[];
  readonly timestep: readonly number[];
  readonly text: readonly number[];
  readonly predictions: Readonly<Record<'0.0' | '0.5' | '1.0', readonly number[]>>;
}

const GOLDEN = 'workers/deltas/golden';
const read = (path: string) => new Uint8Array(readFileSync(path));
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
const golden = (name: string) => json(`${GOLDEN}/${name}.json`) as Golden;
const delta = (name: string) => readDelta(read(`${GOLDEN}/${name}.safetensors`), name);

const CONFIGS = {
  conv: {
    down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
    layers_per_block: 1,
  },
  linear: {
    down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
    up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
    layers_per_block: 1,
    transformer_layers_per_block: 2,
  },
};

async function predict(bytes: Uint8Array, { sample, sampleShape, timestep, text, textShape }: Golden) {
  const session = await openSession(bytes);
  const outputs = await session.run({
    sample: floats(sample, sampleShape),
    timestep: floats(timestep, [timestep.length]),
    encoder_hidden_states: floats(text, textShape),
  });
  await session.release();
  return dataOf(outputs[session.outputNames[0]!]);
}

/** Largest difference from torch at strength 0.5 and 1, and what was said of it. */
async function differences(graph: Uint8Array, name: string, told: Golden, unet: SiteOptions) {
  const found: number[] = [];
  let applied: Applied | undefined;
  for (const strength of [0.5, 1] as const) {
    const modules = delta(name).unet;
    applied = applyDelta(graph, { modules }, strength, { path: 'unet/model.onnx', name, unet });
    const prediction = await predict(applied.bytes, told);
    const kept = prediction.filter((_, i) => i % told.every === 0);
    found.push(distance(kept, told.predictions[strength === 1 ? '1.0' : '0.5']));
  }
  return { worst: Math.max(...found), applied: applied! };
}

const sizes = { height: 8, width: 12, tokens: 7 };

describe('a delta on a graph that has lost its names', () => {
  it.each(['conv-script-14', 'conv-script-17', 'conv-baddbmm-17', 'conv-dynamo-18', 'conv-dynamo-20'])(
    'gives what torch gives, within 1e-4: %s',
    async (name) => {
      const told = golden('conv');
      const graph = readExport(name);
      const options = { sizes, config: CONFIGS.conv };
      const { worst, applied } = await differences(graph, 'conv-peft', told, options);
      expect(worst).toBeLessThan(1e-4);
      expect(applied.size).toMatchObject({ weights: told.modules, storing: 0, rounding: 0 });
      // What the script made them: 0.3 of each weight.
      expect(applied.size.change).toBeCloseTo(0.3, 5);
      // The weights that were replaced are gone from the file.
      expect(applied.bytes.length).toBeLessThan(graph.length + 60 * told.modules);
    },
  );

  it('and without a word from the config on how many layers a block has', async () => {
    const { layers_per_block: _, ...config } = CONFIGS.conv;
    const { worst } = await differences(readExport('conv-script-17'), 'conv-peft', golden('conv'), {
      sizes,
      config,
    });
    expect(worst).toBeLessThan(1e-4);
  });

  it('with two transformer blocks in each attention, and in half precision', async () => {
    const options = { sizes, config: CONFIGS.linear };
    const told = golden('linear');
    expect(
      (await differences(readExport('linear-script-20'), 'linear-peft', told, options)).worst,
    ).toBeLessThan(1e-4);
    const half = await differences(readExport('linear-half-20'), 'linear-peft', told, options);
    expect(half.worst).toBeLessThan(2e-2);
    expect(half.applied.size.storing).toBeGreaterThan(0);
    expect(half.applied.size.storing).toBeLessThan(4e-4);
  });

  it.each([
    ['conv-kohya', 1e-4],
    ['conv-processor', 1e-4],
    // Numbers of 11 and 8 bits.
    ['conv-f16', 5e-3],
    ['conv-bf16', 3e-2],
  ])('in other names and number types: %s within %d', async (name, tolerance) => {
    const options = { sizes, config: CONFIGS.conv };
    const { worst } = await differences(readExport('conv-script-17'), name, golden('conv'), options);
    expect(worst).toBeLessThan(tolerance);
  });
});

describe('a delta on int8 weights', () => {
  it('gives what torch gives with the same int8 weights, within 2e-3: the tiny pipeline, without names', async () => {
    const options = {
      sizes: { height: 8, width: 8, tokens: 77 },
      config: json(`${TINY}/unet/config.json`),
    };
    const { worst, applied } = await differences(
      read(`${TINY}/unet/model.onnx`),
      'tiny-peft',
      golden('tiny'),
      options,
    );
    expect(worst).toBeLessThan(2e-3);
    expect(applied.size.storing).toBeGreaterThan(1e-5);
    expect(applied.size.storing).toBeLessThan(4e-4);
  });

  it('and so does an export that kept its names, as the embedded model has them: attentions, convolutions, linear layers', async () => {
    const told = golden('named');
    const graph = read(`${GOLDEN}/named.onnx`);
    const { worst, applied } = await differences(graph, 'named-peft', told, { sizes });
    expect(worst).toBeLessThan(2e-3);
    expect(applied.size.weights).toBe(told.modules);
    expect(applied.size.storing).toBeLessThan(4e-4);
    // int8 has 127 steps to the largest number of a channel.
    expect(applied.size.rounding).toBeGreaterThan(1e-3);
    expect(applied.size.rounding).toBeLessThan(1e-2);
    // Ports can be put into what comes out, as into the base.
    expect(instrument(applied.bytes, { probes: true }, { sizes }).anatomy).toEqual(
      expect.objectContaining({ summary: instrument(graph, { probes: true }, { sizes }).anatomy.summary }),
    );
    // Without the delta it draws something else.
    expect(distance(told.predictions['1.0'], told.predictions['0.0'])).toBeGreaterThan(0.01);
  });

  it('is at strength 0 the very bytes of the base, which are never written to', () => {
    const graph = read(`${GOLDEN}/named.onnx`);
    const before = graph.slice();
    const { unet: modules } = delta('named-peft');
    const options = { path: 'unet/model.onnx', name: 'fair', unet: {} };
    expect(applyDelta(graph, { modules }, 0, options).bytes).toBe(graph);
    applyDelta(graph, { modules }, 1, options);
    expect(Buffer.compare(graph, before)).toBe(0);
  });
});

describe('a delta on a text encoder', () => {
  interface TextGolden {
    readonly modules: number;
    readonly every: number;
    readonly token: string;
    readonly initial: readonly number[];
    readonly knownTokens: number;
    readonly ids: readonly number[];
    readonly idsShape: readonly number[];
    readonly rows: Readonly<Record<'0.0' | '0.5' | '1.0', readonly number[]>>;
  }

  it.each([
    ['unpacked when it is opened', UNPACKED_BELOW - 1],
    ['kept packed, as in a large graph', UNPACKED_BELOW],
  ])(
    'changes its layers and adds learned tokens behind those it knows, as torch does: %s',
    async (_, size) => {
      const told = json(`${GOLDEN}/text.json`) as TextGolden;
      const { text_encoder: modules, embeddings } = delta('text-delta');
      expect(embeddings.map(({ token, vectors }) => [token, vectors])).toEqual([[told.token, 2]]);
      const rows = embeddings.map((embedding) => ({ ...embedding, initial: told.initial }));
      const graph = read(`${GOLDEN}/text.onnx`);
      for (const [strength, key] of [
        [1e-9, '0.0'],
        [0.5, '0.5'],
        [1, '1.0'],
      ] as const) {
        const options = { path: 'text_encoder/model.onnx', name: 'fair' };
        const applied = applyDelta(graph, { modules, rows }, strength, options);
        expect(applied.knownTokens).toBe(told.knownTokens);
        expect(applied.size.weights).toBe(told.modules);
        const session = await openSession(applied.bytes, size);
        const input_ids = new Tensor('int64', BigInt64Array.from(told.ids, BigInt), told.idsShape);
        const hidden = dataOf((await session.run({ input_ids })).last_hidden_state);
        await session.release();
        const kept = hidden.filter((_, i) => i % told.every === 0);
        expect(distance(kept, told.rows[key])).toBeLessThan(5e-3);
      }
      expect(distance(told.rows['1.0'], told.rows['0.0'])).toBeGreaterThan(0.1);
    },
  );
});

describe('the embedded model', () => {
  const shapes = json(`${GOLDEN}/people.json`) as Record<string, Record<string, number[]>>;

  it.each([
    ['unet/model.onnx', 'unet'],
    ['unet_fast/model.onnx', 'unet'],
    ['text_encoder/model.onnx', 'text_encoder'],
  ])('has every module that a delta may name: %s', (path, network) => {
    const model = readModel(read(`public/models/people/${path}`), path);
    const find = siteFinder(model, createFlow(model), undefined);
    const weight = weightReader(model, createFlow(model));
    const modules = Object.entries(shapes[network]!);
    expect(modules.length).toBeGreaterThan(20);
    for (const [module, shape] of modules) {
      const site = find(module);
      const dims = site && weight(site.node.inputs[1]!).dims;
      expect([module, site?.node.opType === 'MatMul' ? dims?.toReversed() : dims]).toEqual([module, shape]);
    }
  });
});
