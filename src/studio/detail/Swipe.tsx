import { type CSSProperties, useState } from 'react';
import classes from './Swipe.module.css';

interface Side {
  readonly url: string;
  readonly name: string;
}

/** Two pictures of one seed, one over the other, parted by a line that the pointer or the arrow keys move. */
export function Swipe({ before, after }: { readonly before: Side; readonly after: Side }) {
  const [at, setAt] = useState(50);
  return (
    <div className={classes.frame} style={{ '--at': `${at}%` } as CSSProperties} data-testid="swipe">
      <img src={after.url} alt={`${after.name}, the same seed`} />
      <img src={before.url} alt={before.name} className={classes.before} />
      <span className={classes.left}>{before.name}</span>
      <span className={classes.right}>{after.name}</span>
      <span className={classes.line} />
      <input
        type="range"
        min={0}
        max={100}
        value={at}
        onChange={(event) => setAt(Number(event.currentTarget.value))}
        aria-label={`Swipe between ${before.name} and ${after.name}`}
        aria-valuetext={`${at} % ${before.name}`}
        className={classes.input}
        data-testid="swipe-input"
      />
    </div>
  );
}
