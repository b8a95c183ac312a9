import { describe, expect, it } from 'vitest';
import { readExport } from '../onnx/testing';
import { applyDelta } from './apply';
import type { ModuleDelta } from './lora';

const OPTIONS = {
  path: 'unet/model.onnx',
  name: 'fair',
  unet: {
    sizes: { height: 8, width: 12, tokens: 7 },
    config: {
      down_block_types: ['CrossAttnDownBlock2D', 'DownBlock2D'],
      up_block_types: ['UpBlock2D', 'CrossAttnUpBlock2D'],
      layers_per_block: 1,
    },
  },
};
const TO_K = 'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k';

/** Rank 1, of a key projection that maps 12 text columns to 4 channels. */
function change(changes: Partial<ModuleDelta> = {}): ModuleDelta {
  return {
    ...{ module: TO_K, rank: 1, a: new Float32Array(12).fill(1), b: new Float32Array(4).fill(1) },
    ...{ inputs: [12], outputs: 4, scale: 1, ...changes },
  };
}

const apply = (modules: readonly ModuleDelta[], name = 'conv-script-17', strength = 1, options = OPTIONS) =>
  applyDelta(readExport(name), { modules }, strength, options);

describe('a delta that does not fit is refused in words', () => {
  it('names modules that the graph does not have', () => {
    const delta = ['a.b', 'c.d', 'e.f', 'g.h'].map((module) => change({ module }));
    expect(() => apply([change(), ...delta])).toThrow(
      'The variant "fair" does not fit unet/model.onnx: 4 of its 5 modules are not found there (a.b, c.d, e.f, ...).',
    );
  });

  it('names both shapes', () => {
    expect(() => apply([change({ a: new Float32Array(768), inputs: [768] })])).toThrow(
      `does not fit unet/model.onnx: ${TO_K} is [4, 768] in the delta and [4, 12] in the model`,
    );
    expect(() => apply([change({ b: new Float32Array(320), outputs: 320 })])).toThrow(
      '[320, 12] in the delta',
    );
  });

  it('also at strength 0, where nothing would come of it', () => {
    expect(() => apply([change({ outputs: 320 })], 'conv-script-17', 0)).toThrow('does not fit');
  });

  it('does not add twice to one weight', () => {
    const other = change({ module: TO_K.replaceAll('.', '_') });
    expect(() => apply([change(), other])).toThrow('it changes down_blocks.0');
  });

  it('does not split a weight of keys and values together', () => {
    expect(() => apply([change()], 'conv-packed-17')).toThrow('one weight for keys and values together');
  });

  it('finds nothing by order under a config that speaks of another UNet', () => {
    const config = { ...OPTIONS.unet.config, layers_per_block: 2 };
    const options = { ...OPTIONS, unet: { ...OPTIONS.unet, config } };
    expect(() => apply([change()], 'conv-script-17', 1, options)).toThrow('1 of its 1 modules');
  });

  it.each([-0.1, 1.1, Number.NaN])('has no strength %d', (strength) => {
    expect(() => apply([change()], 'conv-script-17', strength)).toThrow(RangeError);
  });
});
