import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readLora } from './lora';
import { type NamedTensor, readSafetensors } from './safetensors';

const matrix = (rows: number, columns: number): NamedTensor => ({
  shape: [rows, columns],
  data: Float32Array.from({ length: rows * columns }, (_, i) => i),
});
const number = (value: number): NamedTensor => ({ shape: [], data: Float32Array.of(value) });
const lora = (tensors: Record<string, NamedTensor>, metadata = {}) =>
  readLora({ tensors: new Map(Object.entries(tensors)), metadata }, 'fair').unet;

const TO_K = 'down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k';

describe('the keys of a LoRA', () => {
  it.each([
    ['PEFT', `base_model.model.${TO_K}.lora_A.weight`, `base_model.model.${TO_K}.lora_B.weight`, TO_K],
    ['PEFT with the adapter’s name', `${TO_K}.lora_A.default.weight`, `${TO_K}.lora_B.default.weight`, TO_K],
    ['diffusers', `unet.${TO_K}.lora_A.weight`, `unet.${TO_K}.lora_B.weight`, TO_K],
    ['diffusers before PEFT', `unet.${TO_K}.lora.down.weight`, `unet.${TO_K}.lora.up.weight`, TO_K],
    [
      'attention processors',
      'mid_block.attn2.processor.to_out_lora.down.weight',
      'mid_block.attn2.processor.to_out_lora.up.weight',
      'mid_block.attn2.to_out.0',
    ],
    [
      'kohya',
      'lora_unet_mid_block_attn2_to_k.lora_down.weight',
      'lora_unet_mid_block_attn2_to_k.lora_up.weight',
      'mid_block_attn2_to_k',
    ],
  ])('in the names of %s', (_, down, up, module) => {
    expect(lora({ [down]: matrix(2, 6), [up]: matrix(3, 2) })).toEqual([
      {
        ...{ module, rank: 2, a: matrix(2, 6).data, b: matrix(3, 2).data },
        ...{ inputs: [6], outputs: 3, scale: 1 },
      },
    ]);
  });

  it('have a scale of alpha / rank, from a tensor or from PEFT’s settings', () => {
    const pair = { 'm.lora_A.weight': matrix(4, 6), 'm.lora_B.weight': matrix(3, 4) };
    expect(lora({ ...pair, 'm.alpha': number(6) })[0]?.scale).toBe(1.5);
    const settings = (values: object) => ({ lora_adapter_metadata: JSON.stringify(values) });
    expect(lora(pair, settings({ 'unet.r': 4, 'unet.lora_alpha': 8 }))[0]?.scale).toBe(2);
    expect(lora(pair, settings({ 'unet.lora_alpha': 8, 'unet.use_rslora': true }))[0]?.scale).toBe(4);
    expect(lora(pair, settings({ 'unet.lora_alpha': 8, 'unet.alpha_pattern': { m: 1 } }))[0]?.scale).toBe(
      0.25,
    );
    expect(() => lora(pair, settings({ 'unet.use_dora': true }))).toThrow('is not understood');
  });

  it.each([
    ['diffusers', 'text_encoder.text_model.encoder.layers.0.mlp.fc1', '.lora_A.weight', '.lora_B.weight'],
    [
      'diffusers before PEFT',
      'text_encoder.text_model.encoder.layers.0.mlp.fc1',
      '.lora_linear_layer.down.weight',
      '.lora_linear_layer.up.weight',
    ],
    ['kohya', 'lora_te_text_model_encoder_layers_0_mlp_fc1', '.lora_down.weight', '.lora_up.weight'],
  ])('of a text encoder are told from those of the UNet, in the names of %s', (_, module, down, up) => {
    const tensors = { [module + down]: matrix(2, 6), [module + up]: matrix(3, 2) };
    const read = readLora({ tensors: new Map(Object.entries(tensors)), metadata: {} }, 'fair');
    expect(read.unet).toEqual([]);
    expect(read.text_encoder.map(({ module }) => module.replaceAll('.', '_'))).toEqual([
      'text_model_encoder_layers_0_mlp_fc1',
    ]);
  });

  it('are read from files of Python’s safetensors, in float32, float16 and bfloat16', () => {
    const read = (name: string) =>
      readLora(
        readSafetensors(new Uint8Array(readFileSync(`workers/deltas/golden/${name}.safetensors`)), name),
        name,
      ).unet;
    const exact = read('conv-peft');
    expect(exact).toHaveLength(32);
    expect(exact.every(({ rank, scale }) => rank === 4 && scale === 1.5)).toBe(true);
    for (const [name, bits] of [
      ['conv-f16', 11],
      ['conv-bf16', 8],
    ] as const) {
      for (const [i, { a }] of read(name).entries()) {
        a.forEach((value, j) => {
          const whole = exact[i]!.a[j]!;
          expect(Math.abs(value - whole)).toBeLessThanOrEqual(Math.abs(whole) * 2 ** -bits + 1e-7);
        });
      }
    }
  });
});

describe('a file that is no LoRA for a UNet', () => {
  const down = { 'm.lora_A.weight': matrix(2, 6) };
  it.each([
    ['one half only', down, 'm has no up projection'],
    ['the other half only', { 'm.lora_B.weight': matrix(3, 2) }, 'm has no down projection'],
    ['alpha alone', { 'm.alpha': number(1) }, 'm has no down projection'],
    ['two ranks', { ...down, 'm.lora_B.weight': matrix(3, 4) }, 'm, [2, 6] and [3, 4], differ in rank'],
    ['a vector', { ...down, 'm.lora_B.weight': { shape: [2], data: new Float32Array(2) } }, 'are no LoRA’s'],
    ['no rank', { 'm.lora_A.weight': matrix(0, 6), 'm.lora_B.weight': matrix(3, 0) }, 'are empty'],
    [
      'one half twice',
      { ...down, 'unet.m.lora.down.weight': matrix(2, 6) },
      'two tensors for the down projection of m',
    ],
    ['numbers that are none', { 'm.lora_A.weight': number(Number.NaN) }, 'holds numbers that are none'],
    ['another adapter', { 'm.hada_w1_a': matrix(2, 2) }, '"m.hada_w1_a" is no key of a LoRA'],
    ['one of SDXL', { 'lora_te2_x.lora_down.weight': matrix(2, 2) }, 'which has a second text encoder'],
  ])('is refused: %s', (_, tensors: Record<string, NamedTensor>, text) => {
    expect(() => lora(tensors)).toThrow(text.replace('’', "'"));
    expect(() => lora(tensors)).toThrow('The file fair');
  });
});
