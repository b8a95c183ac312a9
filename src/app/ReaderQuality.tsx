import type { CSSProperties } from 'react';
import { measure, percent } from '../ui/format';
import { ScrollRegion } from '../ui/ScrollRegion';
import classes from './ModelDrawer.module.css';
import type { AttributeQuality, ReaderFacts } from './modelFacts';

type Attribute = ReaderFacts['attributes'][number];

/** How often the reader is right, on pictures whose truth is known: every chart of the page rests on this. */
export function ReaderQuality({ reader }: { readonly reader: ReaderFacts | null }) {
  const measured = reader?.measured;
  if (!reader || !measured) {
    return (
      <p className={classes.lead} data-testid="reader-unmeasured">
        This model ships no measurement of its reader. Take every share on the charts as what a classifier of
        unknown error reads.
      </p>
    );
  }
  return (
    <div className={classes.quality} data-testid="reader-quality">
      <p className={classes.lead}>
        Measured on {measured.on || 'pictures whose truth is known'}. A reading whose highest probability is
        below the unclear band’s edge is counted as unclear and enters no share.
        {measured.heads &&
          ` Of ${measured.heads.n.toLocaleString('en')} heads ${percent(measured.heads.missed)} were missed, and ${percent(measured.heads.false)} more were found than there are.`}
      </p>
      {reader.attributes.map((attribute) => {
        const quality = measured.attributes[attribute.id];
        return quality && <Quality key={attribute.id} attribute={attribute} quality={quality} />;
      })}
      {measured.command && (
        <p className={classes.lead}>
          To measure again: <code>{measured.command}</code>
        </p>
      )}
    </div>
  );
}

function Quality({
  attribute,
  quality,
}: {
  readonly attribute: Attribute;
  readonly quality: AttributeQuality;
}) {
  const groups = Object.entries(quality.byToneGroup).filter(([, group]) => group.n > 0);
  return (
    <section>
      <h3>{attribute.title}</h3>
      <p className={`${classes.numbers} tabular`}>
        <span>
          <b>{percent(quality.accuracy)}</b> right
        </span>
        <span>
          <b>{percent(quality.accuracyWhenClear)}</b> right when clear
        </span>
        <span>
          <b>{percent(quality.coverage)}</b> read clearly (from {percent(attribute.unclearBelow)} on)
        </span>
        <span>
          calibration error <b>{measure(quality.ece)}</b>
        </span>
        <span>n = {quality.n.toLocaleString('en')}</span>
      </p>
      {groups.length > 0 && (
        <p className={`${classes.numbers} tabular`}>
          <span>Right by skin tone group:</span>
          {groups.map(([id, { accuracy, n }]) => (
            <span key={id}>
              {id} <b>{accuracy === null ? '–' : percent(accuracy)}</b> (n = {n.toLocaleString('en')})
            </span>
          ))}
        </p>
      )}
      <Matrix attribute={attribute} confusion={quality.confusion} />
    </section>
  );
}

function Matrix({
  attribute,
  confusion,
}: {
  readonly attribute: Attribute;
  readonly confusion: readonly (readonly number[])[];
}) {
  return (
    <ScrollRegion className={classes.scroll} label={`Confusion matrix of ${attribute.title}`}>
      <table className={`${classes.matrix} tabular`}>
        <caption>Rows: as drawn. Columns: as read. Share of each row.</caption>
        <thead>
          <tr>
            <td aria-hidden="true" style={{ background: 'none' }} />
            {attribute.values.map((value) => (
              <th key={value.id} scope="col">
                {value.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {attribute.values.map((value, i) => {
            const row = confusion[i] ?? [];
            const sum = row.reduce((total, x) => total + x, 0);
            return (
              <tr key={value.id}>
                <th scope="row">{value.title}</th>
                {attribute.values.map((read, j) => {
                  const part = sum > 0 ? (row[j] ?? 0) / sum : 0;
                  return (
                    <td key={read.id} style={{ '--weight': part } as CSSProperties}>
                      {part === 0 ? '' : percent(part).replace(' ', '\u202f')}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
