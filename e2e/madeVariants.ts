import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { type NamedTensor, writeSafetensors } from '../workers/deltas/safetensors';
import { folderSource } from '../workers/pipeline/folderSource';
import { learnedToken, type MadeVariant, UNET, withVariants } from '../workers/testing/variants';

/** Variants of the embedded model as training writes them, but with made-up numbers: what they draw is not looked at, only that it is done. */

const FAST_UNET = 'unet_fast/model.onnx';
const { unet: shapes } = JSON.parse(readFileSync('workers/deltas/golden/people.json', 'utf8')) as {
  unet: Record<string, number[]>;
};

/** Rank 2, on the keys and values of every cross-attention. */
export function loraFile(changes: Readonly<Record<string, NamedTensor>> = {}): Uint8Array<ArrayBuffer> {
  const wave = (shape: readonly number[], size: number, step: number): NamedTensor => ({
    shape,
    data: Float32Array.from({ length: shape[0]! * shape[1]! }, (_, i) => size * Math.sin(i * step + i * i)),
  });
  const tensors = Object.entries(shapes)
    .filter(([module]) => /attn2\.to_[kv]$/.test(module))
    .flatMap(([module, [outputs = 0, inputs = 0]]): [string, NamedTensor][] => [
      [`unet.${module}.lora_A.weight`, wave([2, inputs], 0.05, 0.7)],
      [`unet.${module}.lora_B.weight`, wave([outputs, 2], 0.4, 0.3)],
    ]);
  return writeSafetensors(new Map([...tensors, ...Object.entries(changes)]));
}

export const FAIR: MadeVariant = {
  card: {
    ...{ id: 'fair', name: 'Fair people', method: 'ddm', evidence: 'after', rank: 2 },
    summary: 'Trained to draw women and men alike, with a word for both.',
    citation: 'After Huang et al., DDM, arXiv 2503.12536, 2025. The numbers of this file are made up.',
    ...{ parts: ['unet'], base: { [UNET]: '', [FAST_UNET]: '' } },
    training: { command: 'python -m training.none --alpha 0.05', samples: 12_000, seed: 1, data: 'none' },
    figures: [
      {
        name: 'fairness discrepancy, gender',
        value: 0.12,
        n: 2000,
        interval: [0.1, 0.14],
        target: 0.15,
        ok: true,
      },
    ],
    limits: ['It was trained on nothing.'],
  },
  delta: loraFile(),
};
export const WORD: MadeVariant = {
  card: {
    ...{ id: 'word', name: 'A learned word', method: 'textual-inversion', evidence: 'faithful' },
    summary: 'One word for a fair set of people, learned from their pictures.',
    ...{ parts: ['embeddings'], base: { 'text_encoder/model.onnx': '' } },
    tokens: [{ token: '<fair>', initializer: 'person' }],
    prompt: { words: {}, otherwise: '{prompt}, <fair>' },
  },
  delta: learnedToken(
    '<fair>',
    Array.from({ length: 192 }, (_, i) => 0.02 * Math.sin(i)),
  ),
};
export const OLD: MadeVariant = {
  card: {
    ...{ id: 'old', name: 'Of an older model', parts: ['unet'], base: { [UNET]: 'f'.repeat(64) } },
    summary: 'Was trained before the model was replaced.',
  },
  delta: loraFile(),
};

/** Serves these variants beside the page's model. @returns paths under the model that were asked for since. */
export async function serveVariants(page: Page, variants: readonly MadeVariant[]): Promise<string[]> {
  const asked: string[] = [];
  const source = await withVariants(folderSource('public/models/people'), variants);
  page.on('request', (request) => {
    const [, path] = /\/models\/people\/([^?]+)/.exec(request.url()) ?? [];
    if (path) asked.push(path);
  });
  await page.route('**/models/people/variants/**', async (route) => {
    const path = /\/models\/people\/([^?]+)/.exec(route.request().url())![1]!;
    const contentType = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    await route.fulfill({ body: Buffer.from(await source.read(path)), contentType });
  });
  return asked;
}
