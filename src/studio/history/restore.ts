import type { Shot } from '../run/runStore';
import type { StoredImage } from './archive';

/** Stored images as the board shows them. */
export function runShots(images: readonly StoredImage[]): readonly Shot[] {
  return images.map(({ runId: _run, png, ...facts }) => ({
    ...facts,
    png: { bytes: png, url: URL.createObjectURL(new Blob([png], { type: 'image/png' })) },
  }));
}
