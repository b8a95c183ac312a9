import type { AttributeInfo } from '../../../workers/protocol';
import { plural } from '../../ui/format';
import type { Shot } from '../run/runStore';
import classes from './Picture.module.css';

/** The picture at full size, with a numbered frame around every head that was found. */
export function Picture({
  shot,
  boxes,
}: {
  readonly shot: Shot;
  readonly boxes: boolean;
  readonly attributes: readonly AttributeInfo[];
}) {
  const { width, height, people } = shot;
  const unit = width / 128;
  return (
    <div className={classes.frame} style={{ aspectRatio: `${width} / ${height}` }}>
      {shot.png && (
        <img
          src={shot.png.url}
          width={width}
          height={height}
          alt={
            people.length === 0
              ? 'A drawn picture; no person was found in it'
              : `A drawn picture with ${plural(people.length, 'person', 'persons')}`
          }
          data-testid="dialog-image"
        />
      )}
      {boxes && (
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
      )}
    </div>
  );
}
