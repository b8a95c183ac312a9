import { describe, expect, it } from 'vitest';
import { sizeText } from './words';

describe('what a variant changes, in words', () => {
  it('gives change, rounding and loss as parts of the weights', () => {
    expect(
      sizeText('unet/model.onnx', { weights: 32, change: 0.031, rounding: 0.0042, storing: 0.00021 }),
    ).toBe(
      'unet/model.onnx: 32 weights changed by 3.1 % of their size. The file itself is rounded by 0.42 % (int8), with or without the variant: 14 % of the change. Adding loses 0.021 % more.',
    );
    expect(sizeText('u', { weights: 1, change: 0.5, rounding: 0, storing: 0 })).toBe(
      'u: 1 weight changed by 50 % of their size. The file has its weights unrounded. Nothing is lost in adding.',
    );
    expect(sizeText('t', { weights: 0, change: 0, rounding: 0, storing: 0 })).toContain('words are added');
  });
});
