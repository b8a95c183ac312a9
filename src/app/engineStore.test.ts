import { expect, it } from 'vitest';
import { advance, type LoadState } from './engineStore';

const load = (file: string, loadedBytes: number) => ({
  stage: 'download' as const,
  file,
  loadedBytes,
  totalBytes: 100,
});

it('tells the bytes of each file from a count of all files together, also when files arrive in turns', () => {
  const start: LoadState = { stage: null, loaded: 0, total: 0, files: {} };
  const events = [load('unet', 10), load('vae', 15), load('unet', 60), load('vae', 100)];
  const end = events.reduce(advance, start);
  expect(end).toEqual({ stage: 'download', loaded: 100, total: 100, files: { unet: 55, vae: 45 } });
  expect(advance(end, { stage: 'start', file: 'unet', loadedBytes: 1, totalBytes: 1 })).toEqual({
    ...end,
    stage: 'start',
  });
});
