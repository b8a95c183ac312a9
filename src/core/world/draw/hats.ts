/** Occupation hats, the same for everybody. Over a turban the hat is raised and the wraps show below it. */
import type { Cover, Occupation } from '../types';
import { circle, ellipse, group, line, outline, path, rect, type Svg } from './svg';

export function hat(occupation: Occupation, cover: Cover): Svg {
  const drawn = shape(occupation);
  return drawn !== '' && cover === 'turban' ? group('translate(0 -8.5) scale(1.04 1)', drawn) : drawn;
}

function shape(occupation: Occupation): Svg {
  switch (occupation) {
    case 'doctor':
      return (
        path('M -30 -11 Q 0 -26 30 -11 L 30 -17 Q 0 -32 -30 -17 Z', '#2f4a66') +
        circle(0, -25, 9.6, '#dfe7ee', outline('#5f7386', 2.2)) +
        circle(0, -25, 3, '#5f7386')
      );
    case 'nurse':
      return (
        path(
          'M -25 -20 L -22 -41 Q 0 -49 22 -41 L 25 -20 Q 0 -31 -25 -20 Z',
          '#ffffff',
          outline('#9fb4bb', 1.8),
        ) +
        rect(-2.8, -42, 5.6, 15, '#e02d2d') +
        rect(-7.5, -37.3, 15, 5.6, '#e02d2d')
      );
    case 'engineer':
      return (
        path('M -31 -16 C -31 -57 31 -57 31 -16 Z', '#fbc916', outline('#b98a00', 1.8)) +
        rect(-5, -49, 10, 32, '#ffe27a', 4) +
        line('M -17 -42 L -19 -20 M 17 -42 L 19 -20', '#d19d00', 2.4) +
        rect(-36, -20, 72, 7.5, '#e3a900', 3.7)
      );
    case 'chef':
      return (
        path(
          'M -24 -26 Q -41 -35 -33 -49 Q -26 -58 -14 -53 Q 0 -67 14 -53 Q 27 -58 33 -49 Q 41 -35 24 -26 Z',
          '#ffffff',
          outline('#b9c2cc', 1.8),
        ) +
        rect(-26, -30, 52, 14, '#f3f5f8', 2, outline('#b9c2cc', 1.8)) +
        line('M -11 -48 L -9 -35 M 0 -52 L 0 -35 M 11 -48 L 9 -35', '#c8d0d9', 2)
      );
    case 'firefighter':
      return (
        path('M -30 -16 C -31 -58 31 -58 30 -16 Z', '#d92525', outline('#8c1010', 1.8)) +
        path('M -40 -10 Q 0 -30 40 -10 L 34 -20 Q 0 -32 -34 -20 Z', '#a81616') +
        rect(-3, -54, 6, 16, '#8c1010', 3) +
        path('M -10 -42 L 10 -42 L 9 -26 Q 0 -19 -9 -26 Z', '#fbc916', outline('#8a6200', 1.4))
      );
    case 'police':
      return (
        path('M -37 -31 Q 0 -62 37 -31 L 29 -17 L -29 -17 Z', '#1f3f86', outline('#10224d', 1.6)) +
        rect(-29, -24, 58, 8, '#0d1526') +
        path('M -29 -16 Q 0 -3 29 -16 L 26 -19 L -26 -19 Z', '#0a0f1a') +
        path(
          'M 0 -47 L 7.5 -42 L 6.5 -33 L 0 -28 L -6.5 -33 L -7.5 -42 Z',
          '#fbc916',
          outline('#8a6200', 1.2),
        )
      );
    case 'farmer':
      return (
        path('M -25 -18 C -27 -54 27 -54 25 -18 Z', '#ecd07c', outline('#a8842c', 1.6)) +
        path('M -26 -27 L 26 -27 L 27 -18 L -27 -18 Z', '#8d4a2a') +
        ellipse(0, -17, 45, 7.2, '#e3c264', outline('#a8842c', 1.6))
      );
    case 'housekeeper':
      return (
        path(
          'M -30 -9 C -33 -47 33 -47 30 -9 Q 16 -24 0 -24 Q -16 -24 -30 -9 Z',
          '#f3d94e',
          outline('#a98c10', 1.6),
        ) +
        [
          [-17, -24],
          [-6, -32],
          [7, -30],
          [18, -23],
        ]
          .map(([x = 0, y = 0]) => circle(x, y, 2.6, '#ffffff'))
          .join('') +
        path('M 24 -30 L 40 -40 L 39 -27 Z M 25 -28 L 40 -20 L 31 -14 Z', '#f3d94e', outline('#a98c10', 1.4))
      );
    case 'artist':
      return (
        path(
          'M -34 -17 Q -43 -38 -10 -43 Q 34 -49 38 -29 Q 36 -17 8 -19 Q -18 -20 -34 -17 Z',
          '#2b2233',
          outline('#5a4a68', 1.6),
        ) + rect(-2, -50, 4.4, 8, '#2b2233', 2)
      );
    case 'ceo':
    case 'teacher':
    case 'scientist':
    case 'person':
      return '';
  }
}
