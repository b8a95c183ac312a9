import type { ActsOn } from '../../../workers/methods/method';
import classes from './Pictogram.module.css';

/**
 * The way from prompt to picture, always the same, with the place where a method takes hold filled in: words, text encoder,
 * UNet with its cross-attentions and its middle, guidance, the loop over the steps with the latent in it, picture.
 */
export function Pictogram({
  acts,
  labels,
}: {
  readonly acts: ActsOn | undefined;
  readonly labels?: boolean;
}) {
  const on = (place: ActsOn) => ({ 'data-on': place === acts || undefined });
  return (
    <svg viewBox={`0 0 232 ${labels ? 74 : 60}`} className={classes.pictogram} aria-hidden="true">
      <g className={classes.part} {...on('prompt')}>
        <rect x="2" y="22" width="34" height="30" rx="4" className={classes.body} />
        <path d="M8 30h22M8 37h22M8 44h13" className={classes.mark} />
      </g>
      <Arrow x={40} />
      <g className={classes.part} {...on('text')}>
        {[55, 63, 71, 79].map((x) => (
          <rect key={x} x={x} y="22" width="5" height="30" rx="1.5" className={classes.body} />
        ))}
        <path d="M55 30h5M63 40h5M71 34h5M79 44h5" className={classes.mark} />
      </g>
      <Arrow x={87} />
      <g className={classes.part} {...on('weights')}>
        <path d="M104 19 126 29 148 19V55L126 45 104 55Z" className={classes.body} />
      </g>
      <g className={classes.part} {...on('attention')}>
        {[0, 1, 2].flatMap((row) =>
          [0, 1, 2].map((column) => (
            <rect
              key={`${row} ${column}`}
              x={120.5 + column * 4}
              y={31.5 + row * 4}
              width="3"
              height="3"
              className={classes.cell}
            />
          )),
        )}
      </g>
      <g className={classes.part} {...on('middle')}>
        <path d="M126 18v8m-3 -3 3 3 3 -3M126 56v-8m-3 3 3 -3 3 3" className={classes.line} />
      </g>
      <g className={classes.part} {...on('guidance')}>
        <path d="M148 31q6 0 10 3M148 43q6 0 10 -3" className={classes.line} />
        <circle cx="165" cy="37" r="7.5" className={classes.body} />
        <path d="M161.5 37h7M165 33.5v7" className={classes.mark} />
      </g>
      <g className={classes.part} {...on('latent')}>
        <path
          d="M165 27C165 13 155 8 132 8M120 8C108 8 98 12 97 25M93.5 21 97 26 101 21.5"
          className={classes.line}
        />
        <rect x="120" y="2" width="12" height="12" rx="2" className={classes.body} />
        <path d="M123 5.5h.01M126.5 8h.01M129 5h.01M123.5 11h.01M129 11h.01" className={classes.dots} />
      </g>
      <Arrow x={177} />
      <g className={classes.part}>
        <rect x="195" y="21" width="34" height="32" rx="4" className={classes.body} />
        <circle cx="212" cy="34" r="5.5" className={classes.line} />
        <path d="M202 53q1 -9 10 -9t10 9" className={classes.line} />
      </g>
      {labels && (
        <g className={classes.labels}>
          <text x="19">prompt</text>
          <text x="70">text</text>
          <text x="126">UNet, every step</text>
          <text x="212">picture</text>
        </g>
      )}
    </svg>
  );
}

function Arrow({ x }: { readonly x: number }) {
  return <path d={`M${x} 37h11m-4 -3.5 4 3.5 -4 3.5`} className={classes.arrow} />;
}
