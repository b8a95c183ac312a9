import { describe, expect, it } from 'vitest';
import type { ModelNeeds } from '../models/types';
import type { DeviceFacts, GpuFacts } from './facts';
import { deviceWords, fitOf } from './fit';

const GIB = 2 ** 30;

/** Stable Diffusion 1.5: 859.5 M, 123.1 M and 49.5 M numbers in its UNet, text encoder and decoder. */
function sd15(type: 'float32' | 'float16', fusedAttention = false): ModelNeeds {
  const graph = (path: string, numbers: number, largest: number) => ({
    path,
    fileBytes: numbers * (type === 'float32' ? 4 : 2),
    // In two files of external data.
    longestFileBytes: numbers * (type === 'float32' ? 2 : 1),
    weights: { float32: 0, float16: 0, small: 0, [type]: numbers },
    largestTensorBytes: largest * (type === 'float32' ? 4 : 2),
    fusedAttention,
  });
  return {
    graphs: [
      graph('text_encoder/model.onnx', 123.1e6, 49_408 * 768),
      graph('unet/model.onnx', 859.5e6, 2560 * 1280 * 9),
      graph('vae_decoder/model.onnx', 49.5e6, 512 * 512 * 9),
    ],
    latent: [64, 64],
    heads: 8,
  };
}

const card: GpuFacts = {
  vendor: 'nvidia',
  architecture: 'ampere',
  software: false,
  float16: true,
  maxBufferSize: 4 * GIB,
  maxStorageBufferBindingSize: 4 * GIB - 4,
};
const device = (gpu: Partial<GpuFacts> | null, memoryGiB: number | null = 8): DeviceFacts => ({
  api: true,
  gpu: gpu && { ...card, ...gpu },
  memoryGiB,
});
const words = (lines: readonly { text: string }[]) => lines.map(({ text }) => text).join(' ');

describe('how a model fits a device', () => {
  it('is told in words first', () => {
    expect(deviceWords(device({ float16: false }, 16))).toBe(
      'This device: nvidia ampere, does not compute in float16, buffers up to 4.0 GiB, 16 GiB of memory or more.',
    );
    expect(deviceWords(device(null, null))).toMatch(/no graphics device.*does not tell/);
  });

  it('takes the graphics card that can run it', () => {
    expect(fitOf(sd15('float16'), device({}), 'auto')).toMatchObject({
      backend: 'webgpu',
      possible: true,
      budget: null,
    });
  });

  it('counts the attention scores of Stable Diffusion 1.5 at 64 x 64: 2 x 8 x 4096^2 x 2 bytes a picture', () => {
    const gpu = { maxStorageBufferBindingSize: GIB };
    expect(fitOf(sd15('float16'), device(gpu), 'auto').mostPerBatch).toBe(2);
    expect(fitOf(sd15('float32'), device(gpu), 'auto').mostPerBatch).toBe(1);
    expect(fitOf(sd15('float32', true), device(gpu), 'auto').mostPerBatch).toBeNull();
  });

  it('refuses float16 where shaders have none, and says which ways are left', () => {
    const fit = fitOf(sd15('float16'), device({ float16: false }), 'webgpu');
    expect(fit.possible).toBe(false);
    expect(words(fit.lines)).toMatch(/shader-f16.*fp32 export.*CPU/);
  });

  it('takes the CPU instead under auto, and says why', () => {
    const fit = fitOf(sd15('float16'), device({ float16: false }), 'auto');
    expect(fit.backend).toBe('wasm');
    expect(words(fit.lines)).toMatch(/shader-f16/);
  });

  it('refuses on the CPU what 4 GiB of wasm cannot open: 3.4 GB of weights beside their file', () => {
    const fit = fitOf(sd15('float32'), device(null), 'auto');
    expect(fit).toMatchObject({ backend: 'wasm', possible: false });
    expect(words(fit.lines)).toMatch(/6\.4 GiB.*4\.0 GiB/);
  });

  it('refuses a buffer that no batch fits into', () => {
    const fit = fitOf(sd15('float32'), device({ maxStorageBufferBindingSize: 2 ** 27 }), 'webgpu');
    expect(fit.possible).toBe(false);
    expect(words(fit.lines)).toMatch(/fused attention/);
    expect(words(fit.lines)).toMatch(/largest tensor has 145 MiB.*128 MiB/);
  });

  it('opens parts one after another where they do not fit together', () => {
    const fit = fitOf(sd15('float32'), device({}, 4), 'auto');
    expect(fit.budget).toBeGreaterThanOrEqual(4 * 859.5e6);
    expect(fit.budget).toBeLessThan(4 * (859.5e6 + 123.1e6));
    expect(words(fit.lines)).toMatch(/one after another/);
  });

  it('refuses weights in one file that no browser can read', () => {
    const whole = sd15('float32').graphs.map((graph) => ({ ...graph, longestFileBytes: graph.fileBytes }));
    const fit = fitOf({ ...sd15('float32'), graphs: whole }, device({}), 'webgpu');
    expect(fit.possible).toBe(false);
    expect(words(fit.lines)).toMatch(/unet\/model\.onnx has 3\.2 GiB/);
  });

  it('has nothing to refuse about the tiny ones', () => {
    const small = { ...sd15('float32'), graphs: [], latent: [8, 8] as const };
    expect(fitOf(small, device(null, null), 'auto')).toMatchObject({
      backend: 'wasm',
      possible: true,
      budget: null,
    });
    expect(fitOf(small, device(null), 'webgpu').possible).toBe(false);
  });
});
