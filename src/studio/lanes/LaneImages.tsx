import type { AttributeInfo, Lane } from '../../../workers/protocol';
import { useRun, useSettings } from '../StudioContext';
import { parseSeeds } from '../seeds';
import classes from './LaneImages.module.css';
import { Tile } from './Tile';

/** Places shown before there is a run; more would be a wall of grey. */
const MOST_PLACES = 32;

export function LaneImages({
  lane,
  attribute,
}: {
  readonly lane: Lane;
  readonly attribute: AttributeInfo | undefined;
}) {
  const drawn = useRun((state) => state.header?.request.seeds);
  const count = useSettings((state) => state.count);
  const text = useSettings((state) => state.seeds);
  const plan = drawn ? null : parseSeeds(text, count);
  const seeds = drawn ?? (plan?.ok ? plan.seeds.slice(0, MOST_PLACES) : []);
  return (
    <ol className={classes.images} data-testid="lane-images" aria-label={`Images of ${lane.name}`}>
      {seeds.map((seed, index) => (
        <li key={seed}>
          <Tile lane={lane} index={index} seed={seed} attribute={attribute} />
        </li>
      ))}
    </ol>
  );
}
