import { useEffect, useRef } from 'react';
import { type Look, SHOWN } from '../../workers/laboratory/types';
import { biasFloor, fairnessDiscrepancy, wilson } from '../core/metrics';
import { measure, percent } from '../ui/format';
import classes from './Laboratory.module.css';

const [SIDE, COLUMNS] = [14, 10];
const FAIR = [0.5, 0.5];

/** What one network draws now, and what the reader makes of it. */
export function Pane({
  title,
  look,
  last,
  digits: [first, second],
}: {
  readonly title: string;
  /** Absent after a reload, until the next one. */
  readonly look: Look | undefined;
  readonly last: Pick<Look, 'counts' | 'unclear'> | undefined;
  readonly digits: readonly [number, number];
}) {
  return (
    <section className={classes.pane} aria-label={title}>
      <h3>{title}</h3>
      {look ? (
        <Samples pixels={look.pixels} label={`${SHOWN} digits that the network drew`} />
      ) : (
        <div className={classes.empty}>
          {last ? 'Its pictures come with the next look.' : 'Its first pictures come after 50 steps.'}
        </div>
      )}
      {last && <Facts look={last} first={first} second={second} />}
    </section>
  );
}

function Facts({
  look,
  first,
  second,
}: {
  readonly look: Pick<Look, 'counts' | 'unclear'>;
  readonly first: number;
  readonly second: number;
}) {
  const { counts, unclear } = look;
  const n = counts[0] + counts[1];
  if (n === 0) return <p className={classes.facts}>None of {unclear} can be read yet.</p>;
  const { low, high } = wilson(counts[0], n);
  return (
    <p className={classes.facts}>
      <strong>
        {percent(counts[0] / n)} {first}
      </strong>{' '}
      <span className="tabular">
        [{percent(low)} to {percent(high)}], {percent(counts[1] / n)} {second}, n = {n}, {unclear} unclear. FD{' '}
        {measure(fairnessDiscrepancy(counts, FAIR))} (a fair model of this n: {measure(biasFloor('fd', n, 2))}
        )
      </span>
    </p>
  );
}

function Samples({ pixels, label }: { readonly pixels: Uint8Array; readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const rows = Math.ceil(SHOWN / COLUMNS);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(COLUMNS * SIDE, rows * SIDE);
    for (let k = 0; k < SHOWN; k++) {
      const [left, top] = [(k % COLUMNS) * SIDE, Math.floor(k / COLUMNS) * SIDE];
      for (let i = 0; i < SIDE * SIDE; i++) {
        const at = 4 * ((top + Math.floor(i / SIDE)) * COLUMNS * SIDE + left + (i % SIDE));
        image.data.fill(pixels[k * SIDE * SIDE + i]!, at, at + 3);
        image.data[at + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }, [pixels, rows]);
  return (
    <canvas
      ref={canvas}
      width={COLUMNS * SIDE}
      height={rows * SIDE}
      className={classes.samples}
      role="img"
      aria-label={label}
      data-testid="laboratory-samples"
    />
  );
}
