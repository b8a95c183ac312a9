import { expect, it } from 'vitest';
import { rendererHash } from './version';

it('the drawn world is the one that the shipped model was trained on', () => {
  // If this fails, the renderer, the sampler or the captions changed: render the training set again and retrain.
  expect(rendererHash()).toBe('b074df95');
});
