import type { ReactNode } from 'react';
import type { Pixels } from '../../../workers/inspect/types';
import { plural } from '../../ui/format';
import type { Shot } from '../run/runStore';
import { AttentionOverlay } from './AttentionOverlay';
import type { Heat } from './attention';
import { HeadBoxes } from './HeadBoxes';
import classes from './Picture.module.css';
import { PixelCanvas } from './PixelCanvas';
import type { LinkedZoom } from './useLinkedZoom';
import { transformOf } from './zoom';

/** A picture at full size, or as it was guessed at one step, under what is drawn over it. */
export function Picture({
  shot,
  caption,
  heads,
  over,
  guess,
  heat,
  zoom,
  testId,
}: {
  readonly shot: Shot;
  readonly caption?: ReactNode;
  readonly heads: boolean;
  /** Drawn over the finished picture. */
  readonly over?: ReactNode;
  /** In place of the finished picture. */
  readonly guess: Pixels | null;
  readonly heat: Heat | null;
  readonly zoom: LinkedZoom;
  readonly testId?: string;
}) {
  const { width, height, people, png } = shot;
  return (
    <figure className={classes.figure}>
      <div
        className={classes.frame}
        style={{ aspectRatio: `${width} / ${height}` }}
        data-zoomed={zoom.zoom.scale > 1 || undefined}
        {...zoom.handlers}
      >
        <div className={classes.layers} style={{ transform: transformOf(zoom.zoom) }}>
          {guess ? (
            <PixelCanvas picture={guess} className={classes.guess} />
          ) : (
            png && (
              <img
                src={png.url}
                width={width}
                height={height}
                draggable={false}
                alt={
                  people.length === 0
                    ? 'A drawn picture; no person was found in it'
                    : `A drawn picture with ${plural(people.length, 'person', 'persons')}`
                }
                data-testid={testId}
              />
            )
          )}
          {heat && <AttentionOverlay heat={heat} />}
          {heads && !guess && <HeadBoxes shot={shot} />}
          {!guess && over}
        </div>
      </div>
      {caption && <figcaption className={classes.caption}>{caption}</figcaption>}
    </figure>
  );
}
