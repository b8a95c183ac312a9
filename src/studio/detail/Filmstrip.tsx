import { useEffect, useRef } from 'react';
import type { InspectedImage } from '../../../workers/inspect/types';
import { stepAt } from './attention';
import classes from './Filmstrip.module.css';
import { PixelCanvas } from './PixelCanvas';

export interface Strip {
  readonly name: string;
  readonly image: InspectedImage;
}

/** The way from noise to picture, one frame a step; strips of two lanes run side by side and are walked together. */
export function Filmstrip({
  strips,
  steps,
  at,
  onChange,
}: {
  readonly strips: readonly Strip[];
  readonly steps: number;
  /** A step, or null for the finished picture. */
  readonly at: number | null;
  readonly onChange: (at: number | null) => void;
}) {
  const current = useRef<HTMLButtonElement>(null);
  const position = at ?? steps;
  // biome-ignore lint/correctness/useExhaustiveDependencies: moves into sight whenever another frame is the current one
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [position]);
  const name = (index: number) => (index === steps ? 'Finished' : `Step ${index + 1} of ${steps}`);
  return (
    <div className={classes.strip}>
      <div className={classes.frames} data-testid="filmstrip">
        {Array.from({ length: steps + 1 }, (_, index) => (
          <button
            key={name(index)}
            ref={index === position ? current : null}
            type="button"
            // The slider below is the keyboard's way.
            tabIndex={-1}
            className={classes.frame}
            aria-label={name(index)}
            aria-current={index === position || undefined}
            onClick={() => onChange(index === steps ? null : index)}
          >
            {strips.map(({ name: lane, image }) => {
              const guess = index === steps ? image.image : stepAt(image, index)?.preview;
              return guess ? <PixelCanvas key={lane} picture={guess} className={classes.picture} /> : null;
            })}
            <span className={classes.number}>{index === steps ? 'end' : index + 1}</span>
          </button>
        ))}
      </div>
      <label className={classes.slider}>
        <input
          type="range"
          min={0}
          max={steps}
          value={position}
          onChange={(event) => {
            const value = Number(event.currentTarget.value);
            onChange(value === steps ? null : value);
          }}
          aria-label="Step"
          aria-valuetext={name(position)}
          data-testid="step-slider"
        />
        <output className="tabular" data-testid="step-name">
          {name(position)}
        </output>
      </label>
    </div>
  );
}
