import { useMemo } from 'react';
import type { Heat } from './attention';
import classes from './Picture.module.css';
import { PixelCanvas } from './PixelCanvas';

/** How dark it gets where a word is not looked for, 0..255. */
const DARKEST = 205;

/** A spotlight: the picture stays bright where it looks at the word, and goes dark where it does not. */
export function AttentionOverlay({ heat }: { readonly heat: Heat }) {
  const picture = useMemo(() => {
    const { width, height, values } = heat;
    const most = values.reduce((max, value) => Math.max(max, value), 1e-9);
    const pixels = new Uint8ClampedArray(width * height * 4);
    values.forEach((value, i) => {
      pixels.set([12, 10, 8, DARKEST * (1 - value / most)], i * 4);
    });
    return { width, height, pixels };
  }, [heat]);
  return <PixelCanvas picture={picture} className={classes.heat} testId="attention-overlay" />;
}
