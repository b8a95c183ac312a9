import type { Shot } from '../run/runStore';
import classes from './Picture.module.css';

/** A numbered frame around every head that was found. */
export function HeadBoxes({ shot: { width, height, people } }: { readonly shot: Shot }) {
  const unit = width / 128;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={classes.boxes} aria-hidden="true">
      {people.map(({ box: [x, y, w, h] }, i) => (
        <g key={`${x} ${y} ${w} ${h}`}>
          <rect x={x} y={y} width={w} height={h} rx={3 * unit} className={classes.under} />
          <rect x={x} y={y} width={w} height={h} rx={3 * unit} className={classes.box} />
          <circle cx={x + 5 * unit} cy={y + 5 * unit} r={3.6 * unit} className={classes.dot} />
          <text x={x + 5 * unit} y={y + 6.7 * unit} fontSize={5 * unit} className={classes.number}>
            {i + 1}
          </text>
        </g>
      ))}
    </svg>
  );
}
