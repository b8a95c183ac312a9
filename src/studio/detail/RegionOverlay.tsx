import type { AttributeInfo, Region } from '../../../workers/protocol';
import { valueColour } from '../../ui/colours';
import classes from './Picture.module.css';
import { shapeOf } from './regionShape';

/** The individuals that a method found, each in the colour of the value it was given, over the picture. */
export function RegionOverlay({
  regions,
  attributes,
}: {
  readonly regions: readonly Region[];
  readonly attributes: readonly AttributeInfo[];
}) {
  return (
    <div className={classes.regions} data-testid="regions">
      {regions.map((region, i) => {
        const shape = shapeOf(region);
        if (!shape) return null;
        const { columns, rows, name } = region;
        const colour = colourOf(region, attributes);
        return (
          <div key={name}>
            <svg viewBox={`0 0 ${columns} ${rows}`} preserveAspectRatio="none" aria-hidden="true">
              <path d={shape.area} fill={colour} opacity={0.3} />
              <path d={shape.outline} className={classes.under} />
              <path d={shape.outline} className={classes.regionLine} stroke={colour} />
            </svg>
            <span
              className={classes.regionName}
              style={{ left: `${(100 * shape.top.x) / columns}%`, top: `${(100 * shape.top.y) / rows}%` }}
            >
              {i + 1} {valuesText(region, attributes)}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function colourOf({ assigned }: Region, attributes: readonly AttributeInfo[]): string {
  const [first] = Object.entries(assigned);
  if (!first) return '#fff';
  const [attribute, value] = first;
  const values = attributes.find(({ id }) => id === attribute)?.values ?? [];
  return valueColour(
    attribute,
    value,
    values.findIndex(({ id }) => id === value),
  );
}

/** "woman, dark": what an individual was given. */
export function valuesText({ assigned }: Region, attributes: readonly AttributeInfo[]): string {
  return Object.entries(assigned)
    .map(([attribute, value]) => {
      const values = attributes.find(({ id }) => id === attribute)?.values;
      return (
        values
          ?.find(({ id }) => id === value)
          ?.title.replace(/ \(.*\)$/, '')
          .toLowerCase() ?? value
      );
    })
    .join(', ');
}
