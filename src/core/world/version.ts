/** A stamp of the whole world (renderer, sampler, captions), so that data made by an older one is noticed. */
import { drawPicture } from './draw/picture';
import { sampleBalanced, sampleWorld } from './sample';

const SEEDS = 64;

/** @returns 8 hex digits: FNV-1a over the captions and SVG of 64 fixed seeds of each sampler. */
export function rendererHash(): string {
  let hash = 0x811c9dc5;
  for (let seed = 0; seed < SEEDS; seed++) {
    for (const sample of [sampleWorld(seed), sampleBalanced(seed)]) {
      const text = sample.caption + drawPicture(sample.picture);
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    }
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
