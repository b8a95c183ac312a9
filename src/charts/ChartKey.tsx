import classes from './ChartKey.module.css';

/** What the marks on the charts mean, once for all of them. */
export function ChartKey({ guess }: { readonly guess: boolean }) {
  return (
    <ul className={classes.key} aria-label="Key to the charts">
      <li>
        <svg width="26" height="14" viewBox="0 0 26 14" aria-hidden="true">
          <path d="M2 7h22M2 3v8M24 3v8" stroke="var(--eh-text)" strokeWidth="1.5" />
        </svg>
        95 % interval
      </li>
      <li>
        <svg width="10" height="16" viewBox="0 0 10 16" aria-hidden="true">
          <path d="M5 0v16" stroke="var(--eh-accent)" strokeWidth="2" strokeDasharray="3 2.5" />
        </svg>
        target
      </li>
      <li>
        <svg width="22" height="14" viewBox="0 0 22 14" aria-hidden="true">
          <rect width="22" height="14" rx="3" fill="var(--eh-floor)" opacity="0.3" />
        </svg>
        what chance alone would give at this n
      </li>
      <li>
        <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
          <path d="M1 8 9 0M7 8l8-8M13 8l8-8" stroke="var(--eh-floor)" strokeWidth="2.5" />
        </svg>
        unclear reading
      </li>
      {guess && (
        <li>
          <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
            <path
              d="M7 1l6 6l-6 6l-6 -6z"
              fill="var(--eh-surface)"
              stroke="var(--eh-text)"
              strokeWidth="1.5"
            />
          </svg>
          your guess
        </li>
      )}
    </ul>
  );
}
