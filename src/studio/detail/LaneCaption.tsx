import { clearValue } from '../../core/metrics';
import type { RunHeader } from '../run/runStore';
import type { Side } from './StepByStep';

/** "MIST, asked for woman, read as woman": what a lane wanted of this seed, and what came of it. */
export function LaneCaption({ header, side }: { readonly header: RunHeader; readonly side: Side }) {
  const assigned = Object.entries(side.shot.trace.assigned ?? {});
  const titleOf = (attribute: string, value: string) =>
    header.attributes
      .find(({ id }) => id === attribute)
      ?.values.find(({ id }) => id === value)
      ?.title.toLowerCase() ?? value;
  const read = readAs(header, side, assigned[0]?.[0]);
  return (
    <>
      <b>{side.name}</b>
      {assigned.length > 0 && `, asked for ${assigned.map(([a, value]) => titleOf(a, value)).join(', ')}`}
      {read !== null && `, read as ${read}`}
    </>
  );
}

/** Readings of the attribute that a lane asked for, else of the first; null while nobody was found. */
function readAs({ attributes }: RunHeader, { shot }: Side, asked: string | undefined): string | null {
  const attribute = attributes.find(({ id }) => id === asked) ?? attributes[0];
  if (!attribute || shot.people.length === 0) return null;
  const values = shot.people.map((person) => {
    const clear = clearValue(person.attributes[attribute.id] ?? [], attribute.unclearBelow);
    return clear === undefined ? 'unclear' : attribute.values[clear]!.title.toLowerCase();
  });
  return values.join(', ');
}
