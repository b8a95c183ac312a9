import { describe, expect, it } from 'vitest';
import { readDelta } from './file';
import { type NamedTensor, writeSafetensors } from './safetensors';

const filled = (shape: readonly number[], value = 1): NamedTensor => ({
  shape,
  data: new Float32Array(shape.reduce((product, dim) => product * dim, 1)).fill(value),
});
const file = (tensors: Record<string, NamedTensor>) => writeSafetensors(new Map(Object.entries(tensors)));
const tokensOf = (tensors: Record<string, NamedTensor>, name = 'My Style.safetensors') =>
  readDelta(file(tensors), name).embeddings.map(({ token, vectors, width }) => [token, vectors, width]);

describe('a file of a variant', () => {
  it('holds low-rank changes of both networks and learned tokens beside them', () => {
    const { unet, text_encoder, embeddings } = readDelta(
      file({
        'unet.conv_in.lora_A.weight': filled([2, 4, 3, 3]),
        'unet.conv_in.lora_B.weight': filled([8, 2, 1, 1]),
        'text_encoder.encoder.layers.0.mlp.fc1.lora_A.weight': filled([1, 6]),
        'text_encoder.encoder.layers.0.mlp.fc1.lora_B.weight': filled([5, 1]),
        '<fair>': filled([3, 6], 0.5),
      }),
      'x',
    );
    expect(unet.map(({ module, inputs, outputs }) => [module, inputs, outputs])).toEqual([
      ['conv_in', [4, 3, 3], 8],
    ]);
    expect(text_encoder.map(({ module }) => module)).toEqual(['encoder.layers.0.mlp.fc1']);
    expect(embeddings).toEqual([{ token: '<fair>', vectors: 3, width: 6, data: filled([18], 0.5).data }]);
  });

  it('may be a textual inversion in the names of diffusers or AUTOMATIC1111, whose token never takes a word away', () => {
    expect(tokensOf({ '<cat-toy>': filled([768]) })).toEqual([['<cat-toy>', 1, 768]]);
    expect(tokensOf({ doctor: filled([2, 768]) })).toEqual([['<doctor>', 2, 768]]);
    expect(tokensOf({ emb_params: filled([4, 768]) })).toEqual([['<my-style>', 4, 768]]);
    expect(tokensOf({ emb_params: filled([4, 768]) }, '?.safetensors')).toEqual([['<token>', 4, 768]]);
  });

  it.each([
    ['nothing', {}, 'it holds no tensors'],
    [
      'another network’s weights',
      { 'a.weight': filled([2]), 'b.weight': filled([2]) },
      '"a.weight" is neither',
    ],
    ['a token that is a matrix of matrices', { '<a>': filled([1, 2, 3]) }, 'has the shape [1, 2, 3]'],
    ['a token without rows', { '<a>': filled([0, 4]) }, 'has the shape [0, 4]'],
    ['a token that fills the prompt', { '<a>': filled([65, 4]) }, 'not one of up to 64 rows'],
    ['numbers that are none', { '<a>': filled([4], Number.NaN) }, 'holds numbers that are none'],
  ])('is refused with %s', (_, tensors: Record<string, NamedTensor>, text) => {
    expect(() => readDelta(file(tensors), 'x.safetensors')).toThrow(text);
    expect(() => readDelta(file(tensors), 'x.safetensors')).toThrow('The file x.safetensors');
  });
});
