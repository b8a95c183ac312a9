import { describe, expect, it } from 'vitest';
import { pipelineIn } from './layout';

const WHOLE = [
  'model_index.json',
  'text_encoder/model.onnx',
  'text_encoder/config.json',
  'unet/model.onnx',
  'unet/model.onnx_data',
  'unet/config.json',
  'vae_decoder/model.onnx',
  'vae_decoder/config.json',
  'scheduler/scheduler_config.json',
  'tokenizer/vocab.json',
  'tokenizer/merges.txt',
];

const refusal = (paths: readonly string[]) => {
  try {
    pipelineIn(paths, 'a folder');
  } catch (error) {
    return error;
  }
  throw new Error('was taken');
};

describe('the files of a pipeline', () => {
  it('are told from everything else that lies there', () => {
    const rest = [
      'README.md',
      '.gitattributes',
      'unet/diffusion_pytorch_model.safetensors',
      'unet/model_fp16.onnx',
      'safety_checker/model.onnx',
      'feature_extractor/preprocessor_config.json',
    ];
    expect(pipelineIn([...rest, ...WHOLE], 'a folder')).toEqual({ root: '', files: WHOLE });
  });

  it('may lie one folder deeper, and keep external data under any name', () => {
    const deeper = [...WHOLE, 'unet/weights.pb'].map((path) => `sd/${path}`);
    expect(pipelineIn(deeper, 'a folder')).toEqual({ root: 'sd/', files: [...WHOLE, 'unet/weights.pb'] });
  });

  it('are named when they are missing', () => {
    const without = WHOLE.filter((path) => path !== 'unet/model.onnx' && path !== 'tokenizer/merges.txt');
    expect(refusal(without)).toMatchObject({
      code: 'model-missing',
      message: expect.stringMatching(/unet\/model\.onnx, tokenizer\/vocab\.json/),
    });
    expect(refusal(['notes.txt'])).toMatchObject({ code: 'model-missing' });
  });

  it.each([
    ['a zip', ['sd15.zip'], /archive/],
    ['a single checkpoint', ['v1-5.safetensors'], /without the graph/],
    ['SDXL', [...WHOLE, 'text_encoder_2/model.onnx'], /SDXL/],
    ['Flux', ['model_index.json', 'transformer/model.onnx'], /Flux/],
    ['PyTorch weights', ['model_index.json', 'unet/diffusion_pytorch_model.bin'], /PyTorch/],
    ['two models', ['a/model_index.json', 'b/model_index.json'], /several models: a, b/],
  ])('are not those of %s, which is said', (_, paths, why) => {
    expect(refusal(paths)).toMatchObject({
      code: 'model-unsupported',
      message: expect.stringMatching(why),
      nextStep: expect.stringMatching(/./),
    });
  });
});
