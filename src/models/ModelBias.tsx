import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { valueColour } from '../ui/colours';
import { percent } from '../ui/format';
import classes from './ModelBias.module.css';
import type { Card, ReaderFacts } from './modelFacts';

const SHOWN = ['gender', 'tone', 'age'] as const;

/** The bias that the pictures were drawn with, and what the model made of it: the true answer behind the charts. */
export function ModelBias({
  card,
  reader,
}: {
  readonly card: Card | null;
  readonly reader: ReaderFacts | null;
}) {
  const [shown, setShown] = useState<string>('gender');
  const attributes = reader?.attributes.filter(({ id }) => SHOWN.some((known) => known === id)) ?? [];
  const attribute = attributes.find(({ id }) => id === shown);
  const occupations = reader?.attributes.find(({ id }) => id === 'occupation')?.values ?? [];
  const expected = card?.bias?.expected ?? {};
  if (!attribute || Object.keys(expected).length === 0) {
    return <p className={classes.lead}>This model does not say what its training pictures showed.</p>;
  }
  const measured = card?.shares?.byOccupation ?? {};
  return (
    <div className={classes.bias} data-testid="model-bias">
      <p className={classes.lead}>
        This model learnt from drawn pictures whose every share is known. The wide bar is what they showed,
        the narrow one what the model draws for the plain prompt
        {Object.keys(measured).length === 0 && ' (not measured yet)'}. It is a teaching model: the table was
        chosen, and says nothing about people.
      </p>
      <SegmentedControl
        data={attributes.map(({ id, title }) => ({ value: id, label: title.replace(/ \(.*\)$/, '') }))}
        value={shown}
        onChange={setShown}
        aria-label="Attribute"
      />
      <ul className={classes.legend}>
        {attribute.values.map((value, i) => (
          <li key={value.id}>
            <span style={{ background: valueColour(attribute.id, value.id, i) }} /> {value.title}
          </li>
        ))}
      </ul>
      <dl className={classes.rows}>
        {occupations.map((occupation) => {
          const table = expected[occupation.id]?.[attribute.id];
          const learned = measured[occupation.id]?.[attribute.id];
          if (!table) return null;
          return (
            <div key={occupation.id}>
              <dt>{occupation.title}</dt>
              <dd>
                <Bar attribute={attribute} shares={table} name="drawn" />
                {learned && (
                  <Bar
                    attribute={attribute}
                    shares={learned.learned}
                    name={`learnt, n = ${learned.n}`}
                    thin
                  />
                )}
              </dd>
            </div>
          );
        })}
      </dl>
    </div>
  );
}

function Bar({
  attribute,
  shares,
  name,
  thin = false,
}: {
  readonly attribute: ReaderFacts['attributes'][number];
  readonly shares: Readonly<Record<string, number | null>>;
  readonly name: string;
  readonly thin?: boolean;
}) {
  const sum = attribute.values.reduce((total, value) => total + (shares[value.id] ?? 0), 0) || 1;
  const parts = attribute.values.map((value, i) => ({ value, i, share: (shares[value.id] ?? 0) / sum }));
  const label = `${name}: ${parts.map(({ value, share }) => `${value.title} ${percent(share)}`).join(', ')}`;
  return (
    <div className={classes.bar} data-thin={thin || undefined} role="img" aria-label={label} title={label}>
      {parts.map(({ value, i, share }) => (
        <span
          key={value.id}
          style={{ width: `${share * 100}%`, background: valueColour(attribute.id, value.id, i) }}
        />
      ))}
    </div>
  );
}
