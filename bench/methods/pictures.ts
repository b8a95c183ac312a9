import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import type { Picture } from '../../workers/pipeline/decoder';
import type { DrawSettings } from '../model/jobs';

/** The base lane's pictures on disk, so that every other lane can be compared with them however late it is drawn. */
export interface BasePictures {
  has(which: Which): boolean;
  keep(which: Which, picture: Picture): void;
  /** @throws RangeError for a picture that was never kept. */
  read(which: Which): Picture;
}

export interface Which {
  readonly prompt: string;
  readonly seed: number;
  readonly settings: DrawSettings;
}

/** @param folder of one model. */
export function openPictures(folder: string): BasePictures {
  const pathOf = (which: Which) =>
    join(
      folder,
      `${createHash('sha256')
        .update(JSON.stringify([which.prompt, which.seed, which.settings]))
        .digest('hex')
        .slice(0, 24)}.rgba`,
    );
  return {
    has: (which) => existsSync(pathOf(which)),
    keep(which, { width, height, pixels }) {
      mkdirSync(folder, { recursive: true });
      const head = Buffer.alloc(4);
      head.writeUInt16LE(width, 0);
      head.writeUInt16LE(height, 2);
      // Renamed when it is whole: a stop in the middle leaves no half picture.
      const path = pathOf(which);
      writeFileSync(`${path}.part`, Buffer.concat([head, deflateSync(pixels, { level: 1 })]));
      renameSync(`${path}.part`, path);
    },
    read(which) {
      const path = pathOf(which);
      if (!existsSync(path))
        throw new RangeError(
          `The base picture of "${which.prompt}", seed ${which.seed}, is not there: start again.`,
        );
      const bytes = readFileSync(path);
      const pixels = inflateSync(bytes.subarray(4));
      return {
        width: bytes.readUInt16LE(0),
        height: bytes.readUInt16LE(2),
        pixels: new Uint8ClampedArray(pixels),
      };
    },
  };
}
