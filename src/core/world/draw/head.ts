/**
 * Head, neck, ears and signs of age, in local coordinates: the head's centre is (0, 0), the skull reaches
 * y = -29, the chin y = 31, the face is 54 to 58 wide.
 */
import type { Age } from '../types';
import type { Skin } from './palette';
import type { Cues } from './presentation';
import { d, ellipse, line, outline, path, rect, type Svg } from './svg';

/** Outline of the face from the right temple over the chin to the left one; the jaw cue widens and squares it. */
export function jawPath({ jaw }: Cues, grow = 0): string {
  const w = 27 + 1.4 * jaw + grow;
  const j = 19 + 9 * jaw + grow;
  const c = 7.5 + 7 * jaw;
  const chin = 27 + 1.2 * jaw + grow;
  const cheek = 11 + 3 * jaw;
  return d`C ${w} ${cheek} ${j} 20 ${c} ${chin} Q 0 ${chin + 5} ${-c} ${chin} C ${-j} 20 ${-w} ${cheek} ${-w} -2`;
}

export function facePath(cues: Cues): string {
  const w = 27 + 1.4 * cues.jaw;
  return `${d`M ${-w} -2 C ${-w} -38 ${w} -38 ${w} -2`} ${jawPath(cues)} Z`;
}

export const neck = (skin: Skin): Svg => rect(-10.5, 22, 21, 24, skin.shadow, 3);

export function head(cues: Cues, skin: Skin): Svg {
  const w = 27 + 1.4 * cues.jaw;
  const ears = [-w, w].map((x) => ellipse(x, 2, 4.6, 6.6, skin.base, outline(skin.edge, 1.6))).join('');
  return ears + path(facePath(cues), skin.base, outline(skin.edge, 1.8));
}

/** Age is drawn on the face itself so that it is read under any hat or head cover. */
export function ageMarks(age: Age, skin: Skin): Svg {
  switch (age) {
    case 'young':
      return ellipse(-17.5, 12.5, 6, 4.6, skin.blush) + ellipse(17.5, 12.5, 6, 4.6, skin.blush);
    case 'middle':
      return line('M -9 13.4 Q -12 15.4 -12.4 18.6 M 9 13.4 Q 12 15.4 12.4 18.6', skin.line, 1.8);
    case 'old':
      return (
        line('M -10 -16.4 Q 0 -19 10 -16.4', skin.line, 2.1) +
        line('M -7.4 11.6 Q -13.4 14.4 -13.6 21 M 7.4 11.6 Q 13.4 14.4 13.6 21', skin.line, 2.5) +
        line('M -16.6 9.6 Q -11.4 12 -6.8 9.4 M 16.6 9.6 Q 11.4 12 6.8 9.4', skin.line, 2.2) +
        line(
          'M -20.4 -1.8 L -23.4 -3.4 M -20.4 3.4 L -23.4 4.4 M 20.4 -1.8 L 23.4 -3.4 M 20.4 3.4 L 23.4 4.4',
          skin.line,
          1.9,
        )
      );
  }
}
