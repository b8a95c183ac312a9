import classes from './Projectors.module.css';

const [WIDTH, HEIGHT] = [320, 72];

/** Loss by step, from 0 up: the whole training wide, so that it fills while it runs. */
export function LossCurve({ losses, total }: { readonly losses: readonly number[]; readonly total: number }) {
  const highest = Math.max(...losses);
  const points = losses.map((loss, step) => {
    const x = (WIDTH * (step + 0.5)) / total;
    const y = HEIGHT - ((HEIGHT - 4) * loss) / highest;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const [first, last] = [losses[0]!, losses.at(-1)!];
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      className={classes.curve}
      role="img"
      aria-label={`Contrastive loss: from ${first.toFixed(2)} to ${last.toFixed(2)} in ${losses.length} steps`}
    >
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth={1.5} />
    </svg>
  );
}
