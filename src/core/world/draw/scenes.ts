/** Backgrounds on the 128 x 128 canvas: bold, flat, paler than the people. Depends on the scene and the seed only. */
import type { Rng } from '../rng';
import type { Scene } from '../types';
import { circle, d, ellipse, line, path, rect, type Svg, vary } from './svg';

const PLAIN = [
  '#f2d7d0',
  '#d4e4f2',
  '#dbeed6',
  '#f4ebc8',
  '#e3d9f0',
  '#e6e6e8',
  '#cfe9e6',
  '#f6dcc0',
] as const;
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

export function scene(kind: Scene, rng: Rng): Svg {
  const j = rng.range;
  const tone = j(-0.05, 0.05);
  const fill = (colour: string): Svg => rect(0, 0, 128, 128, vary(colour, tone));
  switch (kind) {
    case 'plain':
      return fill(rng.pick(PLAIN));
    case 'hospital': {
      const x = j(3, 12);
      const w = j(94, 100);
      return (
        fill('#d9eef2') +
        rect(0, j(88, 94), 128, 44, '#aed3da') +
        rect(x, 6, 24, 24, '#ffffff', 3) +
        rect(x + 9, 10, 6, 16, '#e03131') +
        rect(x + 4, 15, 16, 6, '#e03131') +
        rect(w, 6, 28, 40, '#f7fcfd', 2, 'stroke="#9fc6ce" stroke-width="2.4"') +
        line(d`M ${w + 14} 6 L ${w + 14} 46`, '#9fc6ce', 2)
      );
    }
    case 'office': {
      const s = j(-4, 4);
      return (
        fill('#c9d0da') +
        [
          [4 + s, 50],
          [74 + s, 50],
        ]
          .map(([x = 0, w = 0]) => rect(x, 5, w, 62, '#a3cbee', 1, 'stroke="#f4f6f8" stroke-width="3"'))
          .join('') +
        rect(10 + s, 30, 12, 36, '#6f8cab') +
        rect(26 + s, 18, 13, 48, '#86a3bf') +
        rect(82 + s, 24, 15, 42, '#6f8cab') +
        rect(102 + s, 34, 13, 32, '#86a3bf') +
        rect(0, j(92, 98), 128, 40, '#ab9273')
      );
    }
    case 'kitchen': {
      const x = j(2, 10);
      return (
        fill('#f4e3c4') +
        range(5)
          .map((i) => rect(0, 12 + i * 18, 128, 1.8, '#dcc499') + rect(12 + i * 28, 0, 1.8, 86, '#dcc499'))
          .join('') +
        rect(0, 84, 128, 44, '#8e98a3') +
        rect(x, 58, 26, 24, '#c9463c', 3) +
        rect(x - 4, 62, 34, 4, '#8c2a22', 2) +
        line(d`M 92 8 L 126 8 M ${98 + tone} 8 L 98 26 M 110 8 L 110 22 M 120 8 L 120 28`, '#6a737d', 3) +
        circle(98, 30, 6, '#6a737d') +
        rect(106, 20, 8, 12, '#6a737d', 2)
      );
    }
    case 'street': {
      const left = j(28, 38);
      const right = j(90, 98);
      const windows = (x0: number, y0: number): Svg =>
        range(4)
          .map((i) => rect(x0, y0 + i * 18, 7, 10, '#fdf0b0') + rect(x0 + 13, y0 + i * 18, 7, 10, '#fdf0b0'))
          .join('');
      return (
        fill('#b9def6') +
        rect(0, 14, left, 90, '#c88a63') +
        rect(right, 6, 40, 98, '#a5796a') +
        windows(left - 28, 22) +
        windows(right + 7, 14) +
        rect(0, j(98, 103), 128, 32, '#6b7077') +
        line('M 4 116 L 22 116 M 40 116 L 58 116 M 76 116 L 94 116 M 112 116 L 126 116', '#f1e9b8', 3)
      );
    }
    case 'field': {
      const y = j(64, 76);
      const sun = rng.chance(0.5) ? j(10, 22) : j(106, 118);
      return (
        fill('#a5dbf8') +
        circle(sun, 16, 10, '#ffe070') +
        path(
          d`M 0 ${y} Q 40 ${y - 14} 80 ${y - 2} Q 108 ${y + 4} 128 ${y - 6} L 128 128 L 0 128 Z`,
          '#79bd50',
        ) +
        path(d`M 0 ${y + 22} Q 64 ${y + 10} 128 ${y + 24} L 128 128 L 0 128 Z`, '#dfbd4d') +
        line(d`M 10 128 L 30 ${y + 24} M 64 128 L 64 ${y + 20} M 118 128 L 98 ${y + 24}`, '#c09a2c', 2.4)
      );
    }
    case 'classroom': {
      const s = j(-3, 3);
      return (
        fill('#f1e3c3') +
        rect(5 + s, 6, 118, 66, '#93602e', 3) +
        rect(10 + s, 11, 108, 56, '#2c6b49') +
        line(
          d`M ${16 + s} 20 L ${32 + s} 20 M ${16 + s} 30 L ${28 + s} 30 M ${16 + s} 40 L ${30 + s} 40`,
          '#e8f3ec',
          2.6,
        ) +
        line(d`M ${98 + s} 34 L ${106 + s} 18 L ${114 + s} 34 Z`, '#e8f3ec', 2.6) +
        rect(0, j(98, 104), 128, 32, '#c99b62')
      );
    }
    case 'lab': {
      const y = j(36, 42);
      const bottle = (x: number, colour: string, h: number): Svg =>
        rect(x, y - h, 12, h, colour, 3) + rect(x + 3.5, y - h - 5, 5, 6, '#f7fbff');
      return (
        fill('#dfe2f4') +
        rect(0, y, 128, 5, '#8890b4') +
        bottle(4, '#4fc3d9', 20) +
        bottle(20, '#ef6fae', 14) +
        bottle(94, '#63cf7c', 16) +
        circle(116, y - 9, 9, '#f5c02a') +
        rect(113.5, y - 24, 5, 8, '#f7fbff') +
        rect(0, j(92, 98), 128, 40, '#aab0cf')
      );
    }
    case 'garden':
      return garden(rng, fill('#bfe6f7'));
  }
}

const PETALS = ['#ef4f7a', '#ffb01f', '#a35be0', '#ff6d3a', '#ffffff'] as const;

function garden(rng: Rng, sky: Svg): Svg {
  const y = rng.range(76, 86);
  const flower = (x: number, top: number, r: number): Svg => {
    const colour = rng.pick(PETALS);
    const petals = range(6)
      .map((i) =>
        circle(
          x + r * 0.72 * Math.cos((i * Math.PI) / 3),
          top + r * 0.72 * Math.sin((i * Math.PI) / 3),
          r * 0.52,
          colour,
        ),
      )
      .join('');
    return (
      line(d`M ${x} 128 L ${x} ${top}`, '#3f8a38', 3) +
      ellipse(x + 5, top + r + 12, 5, 2.6, '#3f8a38') +
      petals +
      circle(x, top, r * 0.46, '#ffe070')
    );
  };
  const xs = [7, 22, 38, 64, 90, 106, 121];
  return (
    sky +
    rect(0, y, 128, 60, '#7cc25a') +
    ellipse(20, y, 34, 10, '#63ad47') +
    ellipse(104, y, 40, 12, '#63ad47') +
    xs
      .map((x, i) => flower(x + rng.range(-4, 4), rng.range(24, 74) + (i === 3 ? -14 : 0), rng.range(9, 12)))
      .join('')
  );
}
