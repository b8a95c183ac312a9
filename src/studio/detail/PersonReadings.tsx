import type { CSSProperties } from 'react';
import type { AttributeInfo, PersonReading } from '../../../workers/protocol';
import { clearValue } from '../../core/metrics';
import { valueColour } from '../../ui/colours';
import { percent } from '../../ui/format';
import { WORDS } from '../../ui/words';
import classes from './PersonReadings.module.css';

/** What the reader gives each person: a probability per value, never a bare label. */
export function PersonReadings({
  people,
  attributes,
}: {
  readonly people: readonly PersonReading[];
  readonly attributes: readonly AttributeInfo[];
}) {
  if (people.length === 0) {
    return (
      <p className={classes.none}>
        No person was found in this image. It counts as unread: it is in the coverage, and in no share.
      </p>
    );
  }
  return (
    <div className={classes.people}>
      {people.map((person, i) => (
        <section
          key={person.box.join()}
          className={classes.person}
          aria-label={`Person ${i + 1}`}
          data-testid="person-reading"
        >
          <h3>
            Person {i + 1} <span>found with {percent(person.score)}</span>
          </h3>
          {attributes.map((attribute) => (
            <Reading
              key={attribute.id}
              attribute={attribute}
              probabilities={person.attributes[attribute.id]}
            />
          ))}
        </section>
      ))}
      <p className={classes.note}>
        {WORDS.bars} {WORDS.perceived}
      </p>
    </div>
  );
}

/** Thinner slices than this would be nothing but their gaps. */
const VISIBLE = 0.005;
/** A softmax that has rounded to 1 is still no certainty. */
const SUREST = 0.9999;

/** One stacked bar per attribute; the tick is where a reading stops being unclear. */
function Reading({
  attribute,
  probabilities,
}: {
  readonly attribute: AttributeInfo;
  readonly probabilities: readonly number[] | undefined;
}) {
  if (!probabilities) return null;
  const clear = clearValue(probabilities, attribute.unclearBelow);
  const order = probabilities.map((p, k) => ({ p, k })).sort((a, b) => b.p - a.p);
  const best = order[0];
  if (!best) return null;
  const said = clear === undefined ? 'unclear' : (attribute.values[clear]?.title ?? '');
  return (
    <div className={classes.reading}>
      <span className={classes.attribute}>{attribute.title.replace(/ \(.*\)$/, '')}</span>
      <span
        className={classes.bar}
        style={{ '--clear': `${attribute.unclearBelow * 100}%` } as CSSProperties}
      >
        {order
          .filter(({ p }) => p >= VISIBLE)
          .map(({ p, k }) => {
            const value = attribute.values[k]!;
            return (
              <span
                key={value.id}
                title={`${value.title} ${percent(p)}`}
                style={{ width: `${p * 100}%`, background: valueColour(attribute.id, value.id, k) }}
              />
            );
          })}
      </span>
      <span className={`${classes.said} tabular`} data-unclear={clear === undefined || undefined}>
        {said}{' '}
        <small>
          {clear === undefined && `${attribute.values[best.k]?.title} `}
          {percent(Math.min(best.p, SUREST))}
        </small>
      </span>
    </div>
  );
}
