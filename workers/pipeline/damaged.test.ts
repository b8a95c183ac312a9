import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { EvenhandError } from '../../src/core/errors';
import { manifestText } from '../models/survey';
import { handmade, weights } from '../onnx/handmade';
import { createNodeRuntime } from '../runtime/node';
import type { Runtime } from '../runtime/runtime';
import { type Files, filesIn, OWN, sourceOf } from '../testing/brought';
import { record, request, TINY } from '../testing/tiny';
import { MANIFEST } from './manifest';
import { loadPipeline } from './pipeline';
import type { ModelSource } from './source';

/** Brought folders with every kind of damage: a typed error that names the file, or a picture; never a crash, never a hang. */

let own: Files;
/** The same kind of model with a tokenizer.json. */
let tiny: Files;
let runtime: Runtime;

beforeAll(async () => {
  own = await filesIn(OWN);
  const all = new Map(await filesIn(TINY));
  for (const path of [MANIFEST, 'tokenizer/vocab.json', 'tokenizer/merges.txt']) all.delete(path);
  tiny = all;
  runtime = await createNodeRuntime(1);
});

const bytesOf = (value: unknown) =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const put = (files: Files, path: string, bytes: Uint8Array) => new Map(files).set(path, bytes.slice());
const jsonOf = (files: Files, path: string) => JSON.parse(new TextDecoder().decode(files.get(path)));
const patch = (files: Files, path: string, change: object) =>
  put(files, path, bytesOf({ ...jsonOf(files, path), ...change }));

/** The files without the reading of their headers, which takes longest: for damage that it does not look at. */
function unread(files: Files): ModelSource {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  const entries = [...files].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: sha256(bytes) }));
  const all = new Map(files).set(MANIFEST, bytesOf(manifestText('x', 'x', entries)));
  return { name: 'x', read: async (path) => all.get(path)! };
}

/** Opens the folder and draws one step. @returns what was refused in words; undefined where a picture came. */
async function refusal(opening: Promise<ModelSource> | ModelSource): Promise<EvenhandError | undefined> {
  try {
    const pipeline = await loadPipeline(await opening, runtime, () => {});
    const { scheduler } = pipeline.info.defaults;
    const { outcome, images } = await record(pipeline, request({ seeds: [1], steps: 1, scheduler }));
    await pipeline.close();
    if (outcome.type === 'failed') {
      const { code, message, nextStep } = outcome.error;
      return new EvenhandError(code, message, nextStep);
    }
    expect(images).toHaveLength(1);
    return undefined;
  } catch (error) {
    if (error instanceof EvenhandError) return error;
    throw error;
  }
}

const GRAPH = /\.onnx$/;
const OWN_PATHS = [
  'model_index.json',
  'scheduler/scheduler_config.json',
  'text_encoder/model.onnx',
  'tokenizer/merges.txt',
  'tokenizer/special_tokens_map.json',
  'tokenizer/tokenizer_config.json',
  'tokenizer/vocab.json',
  'unet/config.json',
  'unet/model.onnx',
  'unet/weights.pb',
  'vae_decoder/config.json',
  'vae_decoder/model.onnx',
];
/** Stable Diffusion 1's values stand for these. */
const OPTIONAL = ['tokenizer/special_tokens_map.json', 'unet/config.json', 'vae_decoder/config.json'];

describe('a file of a brought folder', () => {
  it('is one of those that are tried here', () => {
    expect([...own.keys()].sort()).toEqual(OWN_PATHS);
  });

  it.each([...OWN_PATHS, 'tokenizer/tokenizer.json'])('%s cut off at 20 places is named', async (path) => {
    const files = own.has(path) ? own : tiny;
    const whole = files.get(path)!;
    for (let i = 0; i < 20; i++) {
      const cut = put(files, path, whole.subarray(0, Math.floor((whole.length * i) / 20)));
      const error = await refusal(GRAPH.test(path) ? sourceOf(cut) : unread(cut));
      expect(error).toMatchObject({ code: 'model-corrupt', message: expect.stringContaining(path) });
    }
  });

  it.each(OWN_PATHS.filter((path) => !OPTIONAL.includes(path)))(
    '%s is named when it is missing',
    async (path) => {
      const rest = new Map(own);
      rest.delete(path);
      const error = await refusal(sourceOf(rest));
      const named = path === 'tokenizer/merges.txt' ? 'tokenizer/vocab.json' : path;
      expect(error).toMatchObject({ code: 'model-missing', message: expect.stringContaining(named) });
    },
  );

  it('with bytes changed is refused in words, or draws', async () => {
    const texts = [...OWN_PATHS.filter((path) => /json$|txt$/.test(path)), 'tokenizer/tokenizer.json'];
    const change = fc.tuple(fc.nat(1e6), fc.integer({ min: 32, max: 126 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...texts),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        async (path, changes) => {
          const files = own.has(path) ? own : tiny;
          const bytes = files.get(path)!.slice();
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
          const error = await refusal(unread(put(files, path, bytes)));
          if (error) expect(error.code).not.toBe('internal');
        },
      ),
      { numRuns: 30 },
    );
  });
});

const SCHEDULER = 'scheduler/scheduler_config.json';
const TOKENIZER = 'tokenizer/tokenizer.json';
const CONFIG = 'tokenizer/tokenizer_config.json';
const model = (change: object) =>
  patch(tiny, TOKENIZER, { model: { ...jsonOf(tiny, TOKENIZER).model, ...change } });
const vocab = (change: object) => patch(own, 'tokenizer/vocab.json', change);
const relu = () =>
  handmade({ nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['y'] }], inputs: { x: 4 }, outputs: ['y'] });
const holding = (tensor: Uint8Array) => handmade({ inputs: { x: 4 }, initializers: [tensor] });

describe('a brought folder is refused, with the place and the next step,', () => {
  it.each<[string, () => Files, RegExp]>([
    [
      'with a config that is a list',
      () => put(own, 'model_index.json', bytesOf([])),
      /model_index\.json.*_class_name/s,
    ],
    [
      'with brackets without end',
      () => put(own, 'model_index.json', bytesOf('['.repeat(2e5))),
      /model_index\.json.*no JSON/,
    ],
    [
      'as SDXL by its class',
      () => patch(own, 'model_index.json', { _class_name: 'StableDiffusionXLPipeline' }),
      /model_index\.json.*Stable Diffusion XL.*not supported yet/,
    ],
    [
      'as Flux by its class',
      () => patch(own, 'model_index.json', { _class_name: 'FluxPipeline' }),
      /model_index\.json.*Flux.*not supported yet/,
    ],
    [
      'with a latent of millions',
      () => patch(own, 'unet/config.json', { sample_size: 1e6 }),
      /unet\/config\.json.*sample_size/s,
    ],
    [
      'with channels that its graphs do not have',
      () =>
        patch(patch(own, 'unet/config.json', { in_channels: 8 }), 'vae_decoder/config.json', {
          latent_channels: 8,
        }),
      /vae_decoder\/config\.json has 8 channels of a latent, unet\/model\.onnx has 4/,
    ],
    [
      'with a scaling of 1e300',
      () => patch(own, 'vae_decoder/config.json', { scaling_factor: 1e300 }),
      /vae_decoder\/config\.json.*scaling_factor/s,
    ],
    [
      'with 1e9 training steps',
      () => patch(own, SCHEDULER, { num_train_timesteps: 1e9 }),
      /scheduler_config\.json has num_train_timesteps/,
    ],
    [
      'with steps behind the last',
      () => patch(own, SCHEDULER, { steps_offset: 5000 }),
      /scheduler_config\.json has steps_offset/,
    ],
    [
      'with noise of more than all',
      () => patch(own, SCHEDULER, { beta_end: 3 }),
      /scheduler_config\.json has beta_end/,
    ],
    [
      'with prompts without end',
      () => patch(own, CONFIG, { model_max_length: 1e30 }),
      /tokenizer_config\.json.*model_max_length/s,
    ],
    [
      'with prompts longer than its text encoder',
      () => patch(own, CONFIG, { model_max_length: 200 }),
      /text_encoder\/model\.onnx broke off/,
    ],
    [
      'with more tokens than its text encoder knows',
      () => vocab({ '<|endoftext|>': 5000 }),
      /ids up to 5000, and text_encoder\/model\.onnx knows 556/,
    ],
    ['with two tokens of one id', () => vocab({ '!': 5 }), /vocab\.json.*"!" and "&" have the same id, 5/],
    [
      'with merges that lack a line',
      () => put(own, 'tokenizer/merges.txt', own.get('tokenizer/merges.txt')!.subarray(0, 17)),
      /merges\.txt.*none of its \d+ merges makes/,
    ],
    [
      'with a tokenizer of nothing',
      () => put(tiny, TOKENIZER, bytesOf({})),
      /tokenizer\.json.*added_tokens/s,
    ],
    [
      'with a tokenizer of another kind',
      () => model({ type: 'WordPiece' }),
      /tokenizer\.json is a WordPiece tokenizer/,
    ],
    ['with merges that are numbers', () => model({ merges: [1, 2] }), /tokenizer\.json.*model\.merges\.0/s],
    [
      'with a pattern that is none',
      () =>
        patch(tiny, TOKENIZER, {
          pre_tokenizer: { type: 'Split', pattern: { Regex: '((' }, behavior: 'Removed', invert: true },
        }),
      /tokenizer\.json.*Unterminated group/,
    ],
    [
      'with a tokenizer that ends no prompt',
      () => patch(tiny, TOKENIZER, { post_processor: null }),
      /tokenizer\.json.*not a start, a word and/,
    ],
    [
      'with the text encoder of another model',
      () => put(own, 'text_encoder/model.onnx', tiny.get('text_encoder/model.onnx')!),
      /text_encoder\/model\.onnx has 32 numbers a token, unet\/model\.onnx has 16/,
    ],
    [
      'with a decoder for a text encoder',
      () => put(own, 'text_encoder/model.onnx', own.get('vae_decoder/model.onnx')!),
      /text_encoder\/model\.onnx has no input input_ids/,
    ],
    [
      'with a text encoder for a decoder',
      () => put(own, 'vae_decoder/model.onnx', own.get('text_encoder/model.onnx')!),
      /vae_decoder\/model\.onnx takes input_ids/,
    ],
    [
      'with a decoder for a UNet',
      () => put(own, 'unet/model.onnx', own.get('vae_decoder/model.onnx')!),
      /UNet has no input named timestep/,
    ],
    [
      'with a text encoder of the wrong rank',
      () => put(own, 'text_encoder/model.onnx', relu()),
      /input_ids of 2 dimensions/,
    ],
    [
      'with a decoder that draws none',
      () => put(own, 'vae_decoder/model.onnx', relu()),
      /no picture of shape/,
    ],
    [
      'with a negative shape',
      () => put(own, 'unet/model.onnx', holding(weights('w', [-3], new Uint8Array(0)))),
      /unet\/model\.onnx.*shape \[.*at byte/,
    ],
    [
      'with a shape beyond counting',
      () => put(own, 'unet/model.onnx', holding(weights('w', [2 ** 40, 2 ** 40], new Uint8Array(0)))),
      /unet\/model\.onnx.*shape \[.*at byte/,
    ],
    [
      'with weights that claim 4 GB',
      () => put(own, 'unet/model.onnx', holding(weights('w', [2 ** 30], new Uint8Array(8)))),
      /unet\/model\.onnx.*"w" of shape \[1073741824\] has 8 bytes/,
    ],
    [
      'with an operator that nobody knows',
      () =>
        put(
          own,
          'vae_decoder/model.onnx',
          handmade({
            nodes: [{ op: 'Nonsense', inputs: ['x'], outputs: ['y'] }],
            inputs: { x: 4 },
            outputs: ['y'],
          }),
        ),
      /vae_decoder\/model\.onnx cannot be opened/,
    ],
  ])('%s', async (_, files, words) => {
    const error = await refusal(sourceOf(files()));
    expect(error?.message).toMatch(words);
    expect(error?.nextStep).toMatch(/^[A-Z].*\.$/);
    expect(['model-corrupt', 'model-unsupported']).toContain(error?.code);
  });
});
