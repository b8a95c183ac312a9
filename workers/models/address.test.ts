import { describe, expect, it } from 'vitest';
import { HUGGING_FACE, parseAddress } from './address';

const parse = (text: string) => parseAddress(text, 'https://own.example');

describe('the address of a model on a hub', () => {
  it.each([
    ['owner/name', 'owner/name', 'main', ''],
    [' owner/sd-1.5@v1.0 ', 'owner/sd-1.5', 'v1.0', ''],
    ['owner/name@refs/pr/4', 'owner/name', 'refs/pr/4', ''],
    ['https://huggingface.co/owner/name', 'owner/name', 'main', ''],
    ['https://hf.co/owner/name/tree/onnx', 'owner/name', 'onnx', ''],
    ['https://huggingface.co/o/n/tree/refs%2Fpr%2F4/onnx', 'o/n', 'refs/pr/4', 'onnx/'],
    ['https://huggingface.co/o/n/resolve/main/onnx/unet/model.onnx', 'o/n', 'main', 'onnx/'],
    ['https://huggingface.co/o/n/blob/main/model_index.json', 'o/n', 'main', ''],
    ['https://huggingface.co/o/n/tree/main/unet', 'o/n', 'main', ''],
  ])('%s', (text, repo, revision, folder) => {
    expect(parse(text)).toEqual({ hub: HUGGING_FACE, repo, revision, folder });
  });

  it('takes a mirror on the own origin', () => {
    expect(parse('https://own.example/o/n')).toMatchObject({ hub: 'https://own.example', repo: 'o/n' });
  });

  it.each([
    'sd-turbo',
    '',
    'https://elsewhere.example/o/n',
    'http://huggingface.co/o/n',
    'https://huggingface.co/datasets/o/n',
    'https://huggingface.co/o/n/discussions/1',
    '../name',
    'javascript:alert(1)',
  ])('refuses %j', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'address-invalid' }));
  });
});
