import { memo } from 'react';
import type { AttributeInfo } from '../../../workers/protocol';
import { previewKey } from '../run/runStore';
import { useRun, useSettings } from '../StudioContext';
import { parseSeeds } from '../seeds';
import { useShownAttribute } from './BoardTools';
import classes from './LaneImages.module.css';
import { Tile } from './Tile';

/** Places shown before there is a run; more would be a wall of grey. */
const MOST_PLACES = 32;

export const LaneImages = memo(function LaneImages({
  laneId,
  name,
  attributes,
}: {
  readonly laneId: string;
  readonly name: string;
  readonly attributes: readonly AttributeInfo[];
}) {
  const attribute = useShownAttribute(attributes);
  const shots = useRun((state) => state.lanes[laneId]?.shots);
  const previews = useRun((state) => state.previews);
  const active = useRun(({ progress }) => (progress?.laneId === laneId ? progress.indices : null));
  const drawn = useRun((state) => state.header?.request.seeds);
  const count = useSettings((state) => state.count);
  const text = useSettings((state) => state.seeds);
  const plan = drawn ? null : parseSeeds(text, count);
  const seeds = drawn ?? (plan?.ok ? plan.seeds.slice(0, MOST_PLACES) : []);
  return (
    <ol className={classes.images} data-testid="lane-images" aria-label={`Images of ${name}`}>
      {seeds.map((seed, index) => (
        <li key={seed}>
          <Tile
            laneId={laneId}
            laneName={name}
            index={index}
            seed={seed}
            attribute={attribute}
            shot={shots?.[index]}
            preview={previews[previewKey(laneId, index)]}
            active={active?.includes(index) ?? false}
          />
        </li>
      ))}
    </ol>
  );
});
