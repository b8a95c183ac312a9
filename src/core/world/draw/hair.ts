/** Head hair and facial hair. `back` lies behind the head, `front` above the face. Any style goes with anybody. */
import type { FacialHair, HairStyle } from '../types';
import { jawPath } from './head';
import type { Skin } from './palette';
import type { Cues } from './presentation';
import { brightness, circle, d, ellipse, line, mix, outline, path, type Svg, shade, tint } from './svg';

/** A rim keeps dark hair apart from dark skin and white hair from light backgrounds. */
const rim = (colour: string): string =>
  outline(brightness(colour) < 0.3 ? tint(colour, 0.2) : shade(colour, 0.22), 1.5);

const TOP = 'M -29.5 3 C -35 -49 35 -49 29.5 3';
/** A full head of hair with a parting; the base of most long styles. */
const PARTED = `${TOP} Q 29 -10 22 -15 Q 8 -17 -4 -22 Q -12 -14 -22 -12 Q -28 -8 -29.5 3 Z`;
const BACK_COMBED = `${TOP} Q 27 -16 14 -19 Q 0 -22 -14 -19 Q -27 -16 -29.5 3 Z`;

/** Centres of the curls around an afro, so that its outline is not that of a cap. */
const AFRO_CURLS: readonly (readonly [number, number])[] = Array.from({ length: 13 }, (_, i) => {
  const angle = Math.PI * (-0.12 + (1.24 * i) / 12);
  return [27 * Math.cos(angle), -9 - 24 * Math.sin(angle)] as const;
});

export function hairBack(style: HairStyle, colour: string): Svg {
  const edge = rim(colour);
  switch (style) {
    case 'bald':
    case 'buzz':
    case 'short':
    case 'sidepart':
    case 'curly':
      return '';
    case 'afro':
      return (
        AFRO_CURLS.map(([x, y]) => circle(x, y, 10.5, colour, edge)).join('') + ellipse(0, -9, 33, 30, colour)
      );
    case 'bob':
      return path(
        'M -32 -2 C -38 -50 38 -50 32 -2 L 34 24 Q 32 33 22 31 L -22 31 Q -32 33 -34 24 Z',
        colour,
        edge,
      );
    case 'long':
      return path(
        'M -31 -2 C -37 -50 37 -50 31 -2 L 36 56 Q 28 63 18 57 L -18 57 Q -28 63 -36 56 Z',
        colour,
        edge,
      );
    case 'wavy':
      return path(
        'M -31 -4 C -38 -50 38 -50 31 -4 Q 38 6 33 15 Q 40 26 34 34 Q 40 46 31 55 L -31 55 Q -40 46 -34 34 Q -40 26 -33 15 Q -38 6 -31 -4 Z',
        colour,
        edge,
      );
    case 'bun':
      return circle(0, -37, 12.5, colour, edge);
    case 'ponytail':
      return path('M 20 -26 Q 45 -22 42 10 Q 44 30 34 44 Q 28 34 31 16 Q 32 2 22 -8 Z', colour, edge);
    case 'braids':
      return [0, 1, 2, 3, 4]
        .map(
          (i) =>
            ellipse(-31 - i * 0.7, 12 + i * 10, 6.6, 7, colour, edge) +
            ellipse(31 + i * 0.7, 12 + i * 10, 6.6, 7, colour, edge),
        )
        .join('');
    case 'locs': {
      const xs = [-32, -26, -20, 20, 26, 32];
      const strands = (stroke: string, width: number): Svg =>
        xs
          .map((x) =>
            line(
              d`M ${x * 0.8} -18 Q ${x * 1.1} 16 ${x * 1.05} ${Math.abs(x) > 30 ? 44 : 51}`,
              stroke,
              width,
            ),
          )
          .join('');
      return (
        strands(brightness(colour) < 0.3 ? tint(colour, 0.25) : shade(colour, 0.25), 9.5) + strands(colour, 7)
      );
    }
  }
}

export function hairFront(style: HairStyle, colour: string): Svg {
  const edge = rim(colour);
  const shine = line('M -17 -25 Q -8 -33 4 -33', tint(colour, brightness(colour) < 0.3 ? 0.28 : 0.35), 2.6);
  switch (style) {
    case 'bald':
      return line('M -12 -22 Q -6 -26 0 -26.4', '#ffffff', 2.6, 'opacity="0.45"');
    case 'buzz':
      return path(
        `M -28 0 C -32 -43 32 -43 28 0 Q 27 -13 17 -19 Q 0 -23 -17 -19 Q -27 -13 -28 0 Z`,
        colour,
        'opacity="0.86"',
      );
    case 'short':
      return (
        path(`${TOP} Q 28 -8 24 -14 Q 12 -13 4 -18 Q -6 -12 -16 -15 Q -26 -12 -29.5 3 Z`, colour, edge) +
        shine
      );
    case 'sidepart':
      return (
        path(
          'M -29.5 3 C -33 -40 -20 -40 -14 -37 C 6 -52 36 -44 29.5 3 Q 28 -9 23 -13 Q 0 -10 -15 -25 Q -26 -14 -29.5 3 Z',
          colour,
          edge,
        ) + shine
      );
    case 'curly': {
      const curls: readonly (readonly [number, number])[] = [
        [-27, -10],
        [-25, -20],
        [-17, -28],
        [-6, -33],
        [6, -33],
        [17, -28],
        [25, -20],
        [27, -10],
        [-10, -22],
        [2, -24],
        [13, -21],
      ];
      return (
        curls.map(([x, y]) => circle(x, y, 8.6, colour, edge)).join('') +
        curls.map(([x, y]) => circle(x, y, 7.4, colour)).join('')
      );
    }
    case 'afro':
      return path('M -29 4 C -34 -46 34 -46 29 4 Q 28 -14 15 -18 Q 0 -22 -15 -18 Q -28 -14 -29 4 Z', colour);
    case 'bun':
    case 'ponytail':
      return path(BACK_COMBED, colour, edge) + shine;
    case 'locs':
      return (
        path(BACK_COMBED, colour, edge) +
        line(
          'M -18 -20 L -22 -30 M -7 -22 L -9 -34 M 7 -22 L 9 -34 M 18 -20 L 22 -30',
          mix(colour, '#8a7a6a', 0.35),
          2,
        )
      );
    case 'bob':
      return (
        path(
          `${TOP} L 31 20 Q 26 14 25 -4 Q 22 -12 16 -14 L -16 -14 Q -22 -12 -25 -4 Q -26 14 -31 20 Z`,
          colour,
          edge,
        ) + shine
      );
    case 'long':
    case 'wavy':
      return (
        path(`${TOP} L 30 24 Q 25 10 24 -5 Q 12 -12 0 -23 Q -12 -12 -24 -5 Q -25 10 -30 24 Z`, colour, edge) +
        shine
      );
    case 'braids':
      return path(PARTED, colour, edge) + line('M -4 -22 L -2 -35', mix(colour, '#8a7a6a', 0.35), 2);
  }
}

export function facialHair(kind: FacialHair, colour: string, cues: Cues, skin: Skin): Svg {
  const edge = rim(colour);
  const moustache = path(
    'M -12.5 17.4 Q -8 11.6 0 13.8 Q 8 11.6 12.5 17.4 Q 6 17.2 0 16.2 Q -6 17.2 -12.5 17.4 Z',
    colour,
    edge,
  );
  switch (kind) {
    case 'none':
      return '';
    case 'stubble':
      return path(lowerFace(cues, 0, 9), mix(skin.base, colour, 0.36));
    case 'moustache':
      return moustache;
    case 'goatee':
      return (
        moustache + path('M -8.4 26 Q 0 23 8.4 26 Q 9.4 36.5 0 37.5 Q -9.4 36.5 -8.4 26 Z', colour, edge)
      );
    case 'beard':
      return path(lowerFace(cues, 2.4, 2), colour, edge);
  }
}

/** The face's outline below the cheeks; its upper edge dips under the cheeks and rises above the mouth. */
function lowerFace(cues: Cues, grow: number, top: number): string {
  const w = 27 + 1.4 * cues.jaw + grow;
  const upper = d`M ${-w} -2 Q ${-w + 3} ${top + 8} -16 ${top + 10.5} Q -8 ${top + 9.5} 0 ${top + 11.2} Q 8 ${top + 9.5} 16 ${top + 10.5} Q ${w - 3} ${top + 8} ${w} -2`;
  return `${upper} ${jawPath(cues, grow)} Z`;
}
