/**
 * Clothes: one dominant colour and one collar for each occupation, so that head and shoulders alone tell it.
 * They depend on the occupation and the jitter, on nothing else.
 */
import type { Occupation } from '../types';
import { at, TOP_COLOURS } from './palette';
import { circle, line, path, rect, type Svg, shade, tint, vary } from './svg';

const SHOULDERS = 'M -47 170 L -47 60 Q -46 43 -26 37 L -11 32 Q 0 40 11 32 L 26 37 Q 46 43 47 60 L 47 170 Z';
const torso = (fill: string): Svg =>
  path(SHOULDERS, fill, `stroke="${shade(fill, 0.28)}" stroke-width="1.6"`);
const vNeck = (fill: string, depth: number): Svg =>
  path(`M -12 33 L 0 ${depth} L 12 33 Q 0 40 -12 33 Z`, fill);
const lapels = (fill: string, edge: string): Svg =>
  path(
    'M -12 31 L -23 38 L -8 62 L 0 54 Z M 12 31 L 23 38 L 8 62 L 0 54 Z',
    fill,
    `stroke="${edge}" stroke-width="1.5"`,
  ) + line('M 0 58 L 0 170', edge, 2);

export function clothes(occupation: Occupation, clothesTint: number, top: number): Svg {
  const v = (colour: string): string => vary(colour, clothesTint);
  switch (occupation) {
    case 'doctor':
      return (
        torso(vary('#fbfdff', Math.min(0, clothesTint / 3))) +
        vNeck('#4f9be0', 56) +
        lapels('#eef3f8', '#a9b8c8') +
        line('M -19 36 Q -24 58 -13 66 M 19 36 Q 24 54 17 60', '#26323f', 3.6) +
        circle(-12, 67, 5.4, '#8d9caa', 'stroke="#26323f" stroke-width="2.2"') +
        circle(16, 62, 3, '#26323f')
      );
    case 'nurse':
      return (
        torso(v('#1fa79b')) +
        vNeck('#dff5f2', 46) +
        line('M -13 33 L 0 49 L 13 33', shade(v('#1fa79b'), 0.35), 3.4) +
        rect(12, 50, 16, 16, '#ffffff', 2) +
        rect(17.8, 52, 4.4, 12, '#e02d2d') +
        rect(14, 55.8, 12, 4.4, '#e02d2d')
      );
    case 'engineer':
      return (
        torso(v('#f5791c')) +
        vNeck('#3c5f8f', 48) +
        path('M -32 40 L -20 35 L -20 170 L -32 170 Z M 32 40 L 20 35 L 20 170 L 32 170 Z', '#f5f26a') +
        rect(-46, 66, 92, 9, '#f5f26a') +
        line('M 0 48 L 0 170', '#b4520a', 2)
      );
    case 'ceo':
      return (
        torso(v('#2b2e3a')) +
        vNeck('#ffffff', 62) +
        path('M -4 36 L 4 36 L 6 43 L 4.4 58 L 0 64 L -4.4 58 L -6 43 Z', '#c01f2e') +
        lapels('#3a3e4d', '#15171e') +
        path('M 24 52 L 36 47 L 35 56 Z', '#ffffff')
      );
    case 'teacher':
      return (
        torso(v('#4f8a3f')) +
        vNeck('#fbf3dc', 58) +
        path(
          'M -13 31 L -20 37 L -7 45 L 0 39 L 7 45 L 20 37 L 13 31 Q 0 39 -13 31 Z',
          '#fbf3dc',
          'stroke="#c9b98a" stroke-width="1.4"',
        ) +
        line('M -13 40 L 0 59 L 13 40 M 0 59 L 0 170', '#2f5a25', 2.6) +
        circle(4.6, 66, 2.4, '#f2d9a0')
      );
    case 'chef':
      return (
        torso(vary('#fff6e4', Math.min(0, clothesTint / 3))) +
        path(
          'M -17 33 Q 0 46 17 33 L 20 40 Q 0 55 -20 40 Z M -3 46 L 5 46 L 9 58 L 0 54 L -7 57 Z',
          '#e0312d',
          'stroke="#9c1a18" stroke-width="1.4"',
        ) +
        [60, 74, 88].map((y) => circle(-9, y, 3, '#2a2a2a') + circle(9, y, 3, '#2a2a2a')).join('')
      );
    case 'firefighter':
      return (
        torso(v('#9a1f1a')) +
        path('M -16 32 Q 0 44 16 32 L 18 40 Q 0 53 -18 40 Z', '#2a2320') +
        rect(-4.5, 46, 9, 124, '#ffe21f') +
        rect(-46, 56, 92, 10, '#ffe21f') +
        rect(-46, 59.4, 92, 3.2, '#e9eef2')
      );
    case 'police':
      return (
        torso(v('#1f3f86')) +
        path('M -14 31 L -20 37 L -6 47 L 0 41 L 6 47 L 20 37 L 14 31 Q 0 40 -14 31 Z', '#3560b8') +
        path('M -3.6 42 L 3.6 42 L 5 62 L 0 68 L -5 62 Z', '#0d1526') +
        path(
          'M 23 47 L 31 50 L 31 58 Q 29 65 23 67 Q 17 65 15 58 L 15 50 Z',
          '#fbc916',
          'stroke="#8a6200" stroke-width="1.4"',
        ) +
        line('M -40 45 L -28 39 M 40 45 L 28 39', '#fbc916', 4)
      );
    case 'farmer':
      return (
        torso('#d8463b') +
        line(
          'M -38 42 L -38 170 M -27 37 L -27 60 M 27 37 L 27 60 M 38 42 L 38 170 M -46 56 L 46 56 M -20 46 L 20 46',
          '#fbe9e2',
          2.6,
        ) +
        path('M -18 52 L 18 52 L 26 70 L 47 80 L 47 170 L -47 170 L -47 80 L -26 70 Z', v('#6c9fdc')) +
        line('M -16 56 L -24 37 M 16 56 L 24 37', v('#6c9fdc'), 7) +
        circle(-16, 57, 3.4, '#fbc916') +
        circle(16, 57, 3.4, '#fbc916') +
        rect(-9, 62, 18, 14, shade(v('#6c9fdc'), 0.18), 2)
      );
    case 'scientist':
      return (
        torso(v('#b9a2f0')) +
        path('M -12 31 Q 0 40 12 31 L 13 50 L 0 62 L -13 50 Z', '#3b2377') +
        lapels(tint(v('#b9a2f0'), 0.35), '#6d52b5') +
        rect(14, 60, 16, 3, '#6d52b5') +
        line('M 18 60 L 18 53 M 24 60 L 24 54', '#3b2377', 2.4)
      );
    case 'housekeeper':
      return (
        torso(v('#7688a3')) +
        path(
          'M -14 31 Q 0 40 14 31 L 22 40 L 8 46 L 0 41 L -8 46 L -22 40 Z',
          '#ffffff',
          'stroke="#aab4c2" stroke-width="1.4"',
        ) +
        path(
          'M -20 50 L 20 50 L 27 76 L 27 170 L -27 170 L -27 76 Z',
          '#ffffff',
          'stroke="#aab4c2" stroke-width="1.6"',
        ) +
        line('M -20 51 L -28 38 M 20 51 L 28 38', '#ffffff', 5.4)
      );
    case 'artist':
      return (
        torso(v('#d8589b')) +
        path('M -12 31 Q 0 40 12 31 L 14 38 Q 0 50 -14 38 Z', '#fdf3e1') +
        circle(-22, 50, 5, '#ffd82e') +
        circle(-34, 62, 4.4, '#38b24a') +
        circle(18, 58, 5, '#2f7de0') +
        circle(-8, 66, 4.4, '#ff7a1f') +
        circle(33, 50, 3.8, '#ffffff')
      );
    case 'person': {
      const colour = v(at(TOP_COLOURS, top));
      return torso(colour) + path('M -15 32 Q 0 50 15 32 L 11 31 Q 0 42 -11 31 Z', shade(colour, 0.25));
    }
  }
}
