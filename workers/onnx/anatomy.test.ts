import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dissect } from './anatomy';
import { createFlow } from './flow';
import { handmade } from './handmade';
import { instrument } from './instrument';
import { findMiddle } from './middle';
import { readModel } from './model';
import { EXPORTS, PEOPLE_UNET, readExport, readGolden, SIZES } from './testing';

describe.each(EXPORTS)('the anatomy of $name', ({ name, unet }) => {
  const golden = readGolden(unet);
  const { anatomy } = instrument(readExport(name), {}, { path: name, sizes: SIZES });

  it('has the heads, widths, grids and places of the torch modules', () => {
    const { crossAttentions } = anatomy;
    expect(crossAttentions.map(({ heads }) => heads)).toEqual(golden.heads);
    expect(crossAttentions.map(({ channels }) => channels)).toEqual(golden.widths);
    expect(crossAttentions.map(({ heads, headWidth }) => heads * headWidth)).toEqual(golden.widths);
    const rows = golden.outputs.map(({ length }, layer) => length / golden.batch / golden.widths[layer]!);
    expect(crossAttentions.map(({ height, width }) => height * width)).toEqual(rows);
    // Pictures are wider than high.
    expect(crossAttentions.every(({ height, width }) => width / height === SIZES.width / SIZES.height)).toBe(
      true,
    );
    const blocks = golden.heads.length / 4;
    expect(crossAttentions.map(({ place }) => place)).toEqual([
      ...new Array<string>(blocks).fill('down'),
      ...new Array<string>(blocks).fill('mid'),
      ...new Array<string>(2 * blocks).fill('up'),
    ]);
    // ONNX Runtime's operator Attention stays as it is.
    expect(anatomy.selfAttentions).toHaveLength(name === 'conv-optimized-14' ? 0 : crossAttentions.length);
    const [channels, height, width] = golden.middle;
    expect(anatomy.middle).toEqual({ channels, height, width });
    expect(anatomy.textWidth).toBe(golden.textWidth);
  });

  it('names the weights of keys and values, which differ unless they are packed', () => {
    const { initializers } = readModel(readExport(name), name).graph;
    for (const { keyWeights, valueWeights, channels } of anatomy.crossAttentions) {
      const packed = ['conv-packed-17', 'conv-fused-17', 'linear-optimized-20'].includes(name);
      const [key] = keyWeights;
      expect(initializers.get(key!)?.dims).toEqual([golden.textWidth, packed ? 2 * channels : channels]);
      if (packed) expect(valueWeights).toEqual(keyWeights);
      else expect(valueWeights).not.toEqual(keyWeights);
    }
  });
});

describe('the anatomy', () => {
  it('of the embedded model is what its config says', () => {
    const config = JSON.parse(readFileSync(PEOPLE_UNET.replace('model.onnx', 'config.json'), 'utf8')) as {
      sample_size: number;
      block_out_channels: number[];
      attention_head_dim: number[];
      cross_attention_dim: number;
      layers_per_block: number;
      down_block_types: string[];
      up_block_types: string[];
    };
    const { anatomy } = instrument(new Uint8Array(readFileSync(PEOPLE_UNET)), {});
    const attends = (type: string) => type.startsWith('CrossAttn');
    const last = config.block_out_channels.length - 1;
    const { layers_per_block: layers, attention_head_dim: heads, block_out_channels: channels } = config;
    const expected = [
      ...config.down_block_types.flatMap((type, block) =>
        attends(type) ? new Array<[string, number]>(layers).fill(['down', block]) : [],
      ),
      ['mid', last] as const,
      ...config.up_block_types.flatMap((type, block) =>
        attends(type) ? new Array<[string, number]>(layers + 1).fill(['up', last - block]) : [],
      ),
    ];
    expect(anatomy.crossAttentions.map(({ place }) => place)).toEqual(expected.map(([place]) => place));
    expect(anatomy.crossAttentions.map((info) => info.heads)).toEqual(expected.map(([, b]) => heads[b]));
    expect(anatomy.crossAttentions.map((info) => info.channels)).toEqual(
      expected.map(([, b]) => channels[b]),
    );
    expect(anatomy.crossAttentions.map(({ width }) => width)).toEqual(
      expected.map(([, block]) => config.sample_size / 2 ** block),
    );
    expect(anatomy.middle?.channels).toBe(channels[last]);
    expect(anatomy.textWidth).toBe(config.cross_attention_dim);
    expect(anatomy.sizes.height).toBe(config.sample_size);
  });

  it('is said in one sentence', () => {
    const { anatomy } = instrument(readExport('linear-script-20'), {}, { sizes: SIZES });
    expect(anatomy.summary).toBe(
      '8 cross-attentions (2 down, 2 mid, 4 up), 1/2 heads, 4/8 channels, at 12x8 and 6x4, 8 self-attentions, mid-block 8 x 6x4',
    );
  });

  it('of a graph with free dimensions is that of the size asked for', () => {
    const bytes = readExport('conv-script-17');
    const { crossAttentions, middle } = instrument(
      bytes,
      {},
      { sizes: { height: 20, width: 6, tokens: 9 } },
    ).anatomy;
    expect(crossAttentions.map(({ height, width }) => [height, width])).toEqual([
      [20, 6],
      [10, 3],
      [20, 6],
      [20, 6],
    ]);
    expect(middle).toEqual({ channels: 8, height: 10, width: 3 });
  });
});

describe('an added port', () => {
  it('gets another name where the export has that name already', () => {
    const once = instrument(readExport('conv-dynamo-20'), { crossOutputs: true }, { sizes: SIZES });
    const twice = instrument(once.bytes, { crossOutputs: true }, { sizes: SIZES });
    expect(once.ports.crossOutputs?.[3]).toEqual({ name: 'cross_attention_3', layer: 3 });
    expect(twice.ports.crossOutputs?.[3]).toEqual({ name: 'cross_attention_3_1', layer: 3 });
  });

  it('is only made for the layers asked for, and for no layer that is not there', () => {
    const probes = (layers: readonly number[]) =>
      instrument(readExport('conv-dynamo-20'), { probes: layers }, { sizes: SIZES }).ports.probes;
    expect(probes([2, 1])?.layers).toEqual([
      { layer: 2, offset: 0, height: 8, width: 12 },
      { layer: 1, offset: 96, height: 4, width: 6 },
    ]);
    expect(() => probes([4])).toThrow(RangeError);
  });
});

describe('a model that cannot be instrumented says why', () => {
  const refusal = (bytes: Uint8Array) => () => dissect(readModel(bytes, 'unet/model.onnx'), SIZES);

  it('no text', () => {
    expect(refusal(readExport('textless-17'))).toThrow(
      "No cross-attention was found in unet/model.onnx: this model's UNet takes no text",
    );
  });

  it('fused attention', () => {
    const bytes = Buffer.from(readExport('conv-fused-17'));
    // Without the number of heads it cannot be opened.
    for (let at = bytes.indexOf('num_heads'); at !== -1; at = bytes.indexOf('num_heads'))
      bytes.write('num_headz', at);
    expect(refusal(bytes)).toThrow('fused into com.microsoft.MultiHeadAttention (4 of them)');
  });

  it('text that no attention reads', () => {
    const bytes = handmade({
      inputs: { sample: 4, text: 3 },
      nodes: [
        { op: 'Softmax', inputs: ['text'], outputs: ['a'] },
        { op: 'Relu', inputs: ['sample'], outputs: ['b'] },
      ],
      outputs: ['b'],
    });
    expect(refusal(bytes)).toThrow('it takes text (text), but in none of its 0 attentions');
  });

  it('inputs that cannot be told apart, unless they have their usual names', () => {
    expect(refusal(handmade({ inputs: { sample: 4, a: 3, b: 3 } }))).toThrow('is the text cannot be told');
    expect(refusal(handmade({ inputs: { a: 4, b: 4, text: 3 } }))).toThrow('is the latent cannot be told');
    const usual = { sample: 4, residual: 4, encoder_hidden_states: 3, image_embeds: 3 };
    expect(refusal(handmade({ inputs: usual }))).toThrow('it takes text (encoder_hidden_states)');
  });

  it('no latent', () => {
    expect(refusal(handmade({ inputs: { input_ids: 2 } }))).toThrow('is not a UNet');
  });

  it('no mid-block, without which the rest still works', () => {
    const model = readModel(
      handmade({
        inputs: { sample: 4 },
        nodes: [{ op: 'Relu', inputs: ['sample'], outputs: ['y'] }],
        outputs: ['y'],
      }),
      'a',
    );
    expect(findMiddle(model, createFlow(model), new Map())).toBeUndefined();
  });
});
