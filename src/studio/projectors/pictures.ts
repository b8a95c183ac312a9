import type { Picture } from '../../../workers/pipeline/decoder';
import { EvenhandError } from '../../core/errors';

/** A drawn picture as pixels, `side` to a side. */
export async function pictureOfSvg(svg: string, side: number): Promise<Picture> {
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    const image = new Image(side, side);
    image.src = url;
    await image.decode();
    return paint(image, side, [0, 0, image.width, image.height]);
  } finally {
    URL.revokeObjectURL(url);
  }
}

/**
 * The middle square of a picture, scaled to `side`. @param name for the message.
 * @throws EvenhandError 'metadata-invalid' when the browser cannot open it.
 */
export async function pictureOfFile(file: Blob, name: string, side: number): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch((cause: unknown) => {
    throw new EvenhandError(
      'metadata-invalid',
      `${name} is no picture that this browser can open.`,
      'Take it out of the folder, or save it as PNG or JPEG.',
      { cause },
    );
  });
  const { width, height } = bitmap;
  const square = Math.min(width, height);
  const picture = paint(bitmap, side, [(width - square) / 2, (height - square) / 2, square, square]);
  bitmap.close();
  return picture;
}

function paint(
  image: CanvasImageSource,
  side: number,
  [x, y, width, height]: readonly [number, number, number, number],
): Picture {
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true });
  if (!context) {
    throw new EvenhandError(
      'internal',
      'The browser gave no canvas to read pictures with.',
      'Close other tabs and try again.',
    );
  }
  context.imageSmoothingQuality = 'high';
  context.drawImage(image, x, y, width, height, 0, 0, side, side);
  const { data } = context.getImageData(0, 0, side, side);
  return { width: side, height: side, pixels: new Uint8ClampedArray(data) };
}
