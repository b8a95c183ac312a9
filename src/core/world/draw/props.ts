/** What each occupation holds, about 30 x 44 local pixels around (0, 0), with the hand at (0, 12). */
import type { Occupation } from '../types';
import { circle, line, outline, path, rect, type Svg } from './svg';

/** @param skin the hand's colour; @returns '' for occupations that hold nothing. */
export function prop(occupation: Occupation, skin: string, edge: string): Svg {
  const object = held(occupation);
  return object === '' ? '' : object + circle(0, 13, 6.4, skin, outline(edge, 1.6));
}

function held(occupation: Occupation): Svg {
  switch (occupation) {
    case 'nurse':
      return (
        rect(-12, -18, 24, 30, '#b9793f', 2, outline('#6f431b', 1.6)) +
        rect(-9, -14, 18, 23, '#ffffff') +
        rect(-5, -21, 10, 6, '#6c7680', 2) +
        line('M -5 -8 L 5 -8 M -5 -2 L 5 -2 M -5 4 L 2 4', '#7d95a8', 2.2)
      );
    case 'engineer':
      return path(
        'M -4 24 L -4 -6 Q -12 -11 -9 -20 L -4 -22 L -4 -13 L 4 -13 L 4 -22 L 9 -20 Q 12 -11 4 -6 L 4 24 Z',
        '#a9b4bf',
        outline('#49545e', 1.8),
      );
    case 'ceo':
      return (
        rect(-17, 10, 34, 26, '#8a4f22', 3, outline('#4a2810', 1.8)) +
        line('M -6 10 L -6 4 L 6 4 L 6 10', '#4a2810', 3.4) +
        rect(-4, 19, 8, 6, '#fbc916', 1)
      );
    case 'teacher':
      return (
        rect(-14, -19, 28, 32, '#e23b3b', 2, outline('#8c1414', 1.8)) +
        rect(-14, -19, 6, 32, '#9e1d1d') +
        line('M -3.4 5 L 3 -12 L 9.4 5 M -1 -1 L 7 -1', '#ffffff', 3.2)
      );
    case 'chef':
      return (
        line('M 0 24 L 0 2', '#3a3f46', 5) +
        circle(0, -10, 13.5, '#4d555f', outline('#23282e', 2)) +
        circle(0, -10, 8.6, '#ffffff') +
        circle(0, -10, 4.4, '#ffc91f')
      );
    case 'firefighter':
      return (
        line('M 0 26 L 0 -20', '#c48a3f', 5) +
        path(
          'M -2 -23 L 6 -23 Q 15 -26 16 -16 Q 15 -6 6 -9 L -2 -9 L -9 -14 L -9 -18 Z',
          '#cfd6dc',
          outline('#5b6670', 1.8),
        )
      );
    case 'police':
      return (
        rect(-6, -12, 12, 26, '#15181f', 3, outline('#4a5262', 1.4)) +
        line('M 4 -12 L 4 -24', '#15181f', 3.4) +
        rect(-3.4, -8, 6.8, 6, '#6fd3ff', 1)
      );
    case 'farmer':
      return (
        line('M 0 26 L 0 -8', '#9a6a34', 4.6) +
        line('M -9 -24 L -9 -10 Q -9 -6 0 -6 Q 9 -6 9 -10 L 9 -24 M 0 -6 L 0 -25', '#5d6670', 3.4)
      );
    case 'scientist':
      return (
        path(
          'M -4.6 -22 L 4.6 -22 L 4.6 -9 L 15 12 Q 16 16 12 16 L -12 16 Q -16 16 -15 12 L -4.6 -9 Z',
          '#e9f6ff',
          outline('#4a6076', 2),
        ) +
        path('M -8.4 0 L 8.4 0 L 13.4 11.4 Q 14 14.6 11 14.6 L -11 14.6 Q -14 14.6 -13.4 11.4 Z', '#2fc25b') +
        circle(-2, -4, 2.2, '#2fc25b') +
        circle(3, -14, 1.8, '#2fc25b')
      );
    case 'housekeeper':
      return (
        line('M 0 26 L 0 -4', '#8a5a2b', 4.6) +
        [
          [0, -18],
          [-8, -13],
          [8, -13],
          [-6, -5],
          [6, -5],
          [0, -9],
        ]
          .map(([x = 0, y = 0]) => circle(x, y, 6.6, '#f08a24', outline('#b45a08', 1.2)))
          .join('') +
        circle(0, -11, 6, '#ffb25c')
      );
    case 'artist':
      return (
        path(
          'M -17 0 Q -16 -20 3 -19 Q 20 -18 18 -2 Q 17 13 3 13 Q -3 13 -2 6 Q -4 1 -9 5 Q -16 7 -17 0 Z',
          '#d9a566',
          outline('#8a5a22', 1.8),
        ) +
        circle(-8, -8, 3.6, '#e8322c') +
        circle(2, -12, 3.6, '#ffd82e') +
        circle(11, -7, 3.6, '#2f7de0') +
        circle(10, 3, 3.6, '#38b24a')
      );
    case 'doctor':
    case 'person':
      return '';
  }
}
