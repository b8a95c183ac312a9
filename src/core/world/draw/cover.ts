/** Head covers. They hide head hair, never the face, collar or facial hair, and look the same on everybody. */
import type { Cover } from '../types';
import { line, outline, path, type Svg, shade } from './svg';

/** The part behind the neck. */
export function coverBack(cover: Cover, colour: string): Svg {
  if (cover !== 'hijab') return '';
  return path('M -34 0 C -38 -50 38 -50 34 0 Q 37 30 29 44 L -29 44 Q -37 30 -34 0 Z', shade(colour, 0.18));
}

/** The part around the face. */
export function coverFront(cover: Cover, colour: string): Svg {
  const edge = outline(shade(colour, 0.32), 1.6);
  switch (cover) {
    case 'none':
      return '';
    case 'hijab':
      return (
        path(
          'M -33 2 C -37 -51 37 -51 33 2 Q 36 28 27 40 Q 16 49 0 49 Q -16 49 -27 40 Q -36 28 -33 2 Z M -25 -2 Q -25 20 -12 28 Q 0 34 12 28 Q 25 20 25 -2 Q 22 -23 0 -23 Q -22 -23 -25 -2 Z',
          colour,
          `fill-rule="evenodd" ${edge}`,
        ) + line('M -23 31 Q 0 50 25 30 M -10 38 Q 4 45 20 40', shade(colour, 0.28), 2)
      );
    case 'turban':
      return (
        path(
          'M -31 -3 C -43 -30 -24 -47 0 -47 C 24 -47 43 -30 31 -3 Q 22 -17 0 -23 Q -22 -17 -31 -3 Z',
          colour,
          edge,
        ) +
        line(
          'M -28 -14 Q -2 -24 22 -38 M 28 -14 Q 2 -24 -22 -38 M -14 -29 Q 0 -37 10 -44',
          shade(colour, 0.28),
          2.2,
        )
      );
  }
}
