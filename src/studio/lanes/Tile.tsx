import { memo, useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../../workers/protocol';
import { clearValue } from '../../core/metrics';
import { valueColour } from '../../ui/colours';
import { percent, plural } from '../../ui/format';
import type { Preview, Shot } from '../run/runStore';
import { viewStore } from '../viewStore';
import classes from './Tile.module.css';

/** One seed in one lane: a place, then a preview, then the picture with what was read on it. */
export const Tile = memo(function Tile({
  laneId,
  laneName,
  index,
  seed,
  attribute,
  shot,
  preview,
  active,
}: {
  readonly laneId: string;
  readonly laneName: string;
  readonly index: number;
  readonly seed: number;
  readonly attribute: AttributeInfo | undefined;
  readonly shot: Shot | undefined;
  readonly preview: Preview | undefined;
  readonly active: boolean;
}) {
  const lit = useStore(viewStore, (state) => state.lit === index);
  if (!shot) {
    return (
      <div
        className={classes.place}
        data-active={active || undefined}
        data-lit={lit || undefined}
        title={`Seed ${seed}`}
      >
        {preview ? <PreviewCanvas preview={preview} /> : <span className={classes.seed}>{seed}</span>}
      </div>
    );
  }
  const reading = attribute ? readingsOf(shot, attribute) : [];
  const { show, light } = viewStore.getState();
  return (
    <button
      type="button"
      className={classes.tile}
      data-lit={lit || undefined}
      data-testid={`tile-${laneId}-${index}`}
      aria-label={`${laneName}, seed ${seed}: ${sentence(shot, reading)}`}
      onClick={() => show(laneId, index)}
      onPointerEnter={() => light(index)}
      onPointerLeave={() => light(null)}
      onFocus={() => light(index)}
      onBlur={() => light(null)}
    >
      {shot.png && <img src={shot.png.url} alt="" width={shot.width} height={shot.height} draggable />}
      {shot.people.length === 0 ? (
        <span className={classes.unread}>no person</span>
      ) : (
        <span className={classes.values}>
          {reading.map((value) => (
            <span
              key={value.key}
              data-unclear={value.colour === null || undefined}
              style={value.colour ? { background: value.colour } : undefined}
            />
          ))}
        </span>
      )}
      <span className={classes.badge}>
        {reading.length === 0 ? 'unread' : reading.map(({ text }) => text).join(' · ')}
      </span>
    </button>
  );
});

interface ValueRead {
  /** A person has no identity but their place in the picture. */
  readonly key: string;
  readonly text: string;
  /** null inside the unclear band. */
  readonly colour: string | null;
}

function readingsOf({ people }: Shot, attribute: AttributeInfo): readonly ValueRead[] {
  return people.map((person) => {
    const key = person.box.join();
    const probabilities = person.attributes[attribute.id];
    const value = probabilities && clearValue(probabilities, attribute.unclearBelow);
    const info = value === undefined ? undefined : attribute.values[value];
    if (!probabilities || value === undefined || !info) return { key, text: 'unclear', colour: null };
    return {
      key,
      text: `${info.title} ${percent(probabilities[value]!)}`,
      colour: valueColour(attribute.id, info.id, value),
    };
  });
}

function sentence(shot: Shot, reading: readonly ValueRead[]): string {
  if (shot.people.length === 0) return 'no person found';
  return `${plural(shot.people.length, 'person', 'persons')}, ${reading.map(({ text }) => text).join(', ')}`;
}

function PreviewCanvas({ preview }: { readonly preview: Preview }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const { width, height, pixels } = preview;
    canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [preview]);
  return <canvas ref={canvas} className={classes.preview} width={preview.width} height={preview.height} />;
}
