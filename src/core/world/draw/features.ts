/** Eyes, brows, nose, mouth, glasses and earrings. Strokes are at least 2 local pixels: heads are drawn at half size too. */
import type { Age, Expression, EyeColour, HairColour } from '../types';
import { EYES, HAIR, type Skin } from './palette';
import type { Cues } from './presentation';
import { brightness, circle, d, ellipse, line, mix, outline, path, rect, type Svg, shade } from './svg';

const EYE_HEIGHT: Readonly<Record<Age, number>> = { young: 7.6, middle: 6, old: 4.6 };
const LASH = '#130d0a';

/** Eyes; the lash cue thins the upper lid line and takes away its outer wing. */
export function eyes(age: Age, colour: EyeColour, cues: Cues, skin: Skin): Svg {
  const ry = EYE_HEIGHT[age];
  const width = 3.4 - 1.7 * cues.lash;
  const wing = 4.6 * Math.max(0, 1 - 1.5 * cues.lash);
  const lid = cues.lash < 0.6 || brightness(skin.base) > 0.3 ? LASH : skin.line;
  return [-1, 1]
    .map((side) => {
      const x = side * 11.4;
      const outer = x + side * 6.4;
      const inner = x - side * 6;
      return (
        ellipse(x, 1.5, 6.2, ry, '#ffffff') +
        ellipse(x, 1.8, 4, Math.min(4.8, ry), EYES[colour]) +
        circle(x + 1.4, 0.2, 1.4, '#ffffff') +
        line(
          d`M ${inner} ${0.5} Q ${x} ${1 - 2 * ry + 1.5} ${outer} ${0.5} L ${outer + side * wing * 0.75} ${0.5 - wing}`,
          lid,
          width,
        )
      );
    })
    .join('');
}

/** Brows follow the hair colour; at old age they are grey and bushy, so that age shows under a head cover. */
export function brows(age: Age, hair: HairColour, cues: Cues, skin: Skin): Svg {
  const dark = brightness(skin.base) < 0.3;
  const grey = dark ? '#d3d5d8' : '#8f949b';
  const own = dark && brightness(HAIR[hair]) < 0.3 ? '#0d0a08' : shade(HAIR[hair], 0.2);
  const width = 2.3 + 2.9 * cues.brow + (age === 'old' ? 0.7 : 0);
  const arch = 3.4 - 2.6 * cues.brow;
  const y = age === 'young' ? -10.2 : -9;
  return line(
    d`M -18 ${y + 1.2} Q -13 ${y - arch - 1} -6 ${y + 0.4} M 18 ${y + 1.2} Q 13 ${y - arch - 1} 6 ${y + 0.4}`,
    age === 'old' ? grey : own,
    width,
  );
}

export const nose = (age: Age, skin: Skin): Svg =>
  age === 'young'
    ? line('M -2 10 Q 0 11.6 2 10', skin.line, 2.2)
    : line('M -1 4.5 Q -4 10.4 -0.6 11.2 Q 1.4 11.5 2.6 10.4', skin.line, 2.2);

/** The lip cue takes colour and fullness from the lips. */
export function mouth(expression: Expression, cues: Cues, skin: Skin): Svg {
  const lip = mix(mix('#c21f45', skin.base, 0.12), skin.lips, Math.min(1, cues.lip * 1.15));
  const full = 1 - cues.lip;
  switch (expression) {
    case 'smiling':
      return path(
        'M -9.4 16.4 Q 0 19.4 9.4 16.4 Q 7.4 25.4 0 25.4 Q -7.4 25.4 -9.4 16.4 Z',
        '#ffffff',
        outline(lip, 2.1 + 0.8 * full),
      );
    case 'neutral':
      return path(
        d`M -7.6 19.6 Q -3.6 ${18.4 - 2 * full} 0 ${18.8 - full} Q 3.6 ${18.4 - 2 * full} 7.6 19.6 Q 4 ${21 + 2.6 * full} 0 ${21.2 + 2.6 * full} Q -4 ${21 + 2.6 * full} -7.6 19.6 Z`,
        lip,
        outline(lip, 1.4),
      );
  }
}

/** Thick dark frames on a pale rim that shows them on dark skin; even frame numbers are round, odd ones square. */
export function glasses(frame: number, colour: string): Svg {
  const lenses = (fill: string, width: number, stroke: string): Svg =>
    [-11.6, 11.6]
      .map((x) =>
        frame % 2 === 0
          ? circle(x, 1.8, 9.6, fill, `fill-opacity="0.2" ${outline(stroke, width)}`)
          : rect(x - 9.8, -5.8, 19.6, 15.4, fill, 4, `fill-opacity="0.2" ${outline(stroke, width)}`),
      )
      .join('');
  const arms = 'M -2.2 0.6 Q 0 -1.2 2.2 0.6 M -21.2 0.4 L -27 -1.2 M 21.2 0.4 L 27 -1.2';
  return lenses('none', 5, '#b9b3ad') + lenses('#ffffff', 3.2, colour) + line(arms, colour, 3);
}

export const earrings = (): Svg =>
  circle(-28.4, 12.4, 3.3, '#f4c02c', outline('#a87708', 1)) +
  circle(28.4, 12.4, 3.3, '#f4c02c', outline('#a87708', 1));
