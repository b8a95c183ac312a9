import { SegmentedControl } from '@mantine/core';
import { type CSSProperties, useState } from 'react';
import { finePercent, percent } from '../ui/format';
import { Icon } from '../ui/icons';
import { ScrollRegion } from '../ui/ScrollRegion';
import type { AttributeQuality, ReadAttribute, ReaderFacts } from './modelFacts';
import classes from './ReaderQuality.module.css';
import { calibrationSentence, Reliability } from './Reliability';
import { type ToneFinding, toneFindings, toneName, toneTestSentence } from './toneGroups';

const EVERYONE = '';

/** How often the reader is right, on pictures whose truth is known: every chart of the page rests on this. */
export function ReaderQuality({ reader }: { readonly reader: ReaderFacts | null }) {
  const [group, setGroup] = useState(EVERYONE);
  const measured = reader?.measured;
  if (!reader || !measured) {
    return (
      <p className={classes.lead} data-testid="reader-unmeasured">
        This model ships no measurement of its reader. Take every share on the charts as what a classifier of
        unknown error reads.
      </p>
    );
  }
  const findings = toneFindings(reader);
  const tones = reader.attributes.find(({ id }) => id === 'tone')?.values ?? [];
  const hasBins = Object.values(measured.attributes).some(({ reliability }) => reliability.length > 0);
  const byTone = Object.values(measured.attributes).some((quality) =>
    Object.values(quality.byToneGroup).some(({ confusion }) => confusion),
  );
  return (
    <div className={classes.quality} data-testid="reader-quality">
      <p className={classes.lead}>
        Measured on {measured.on || 'pictures whose truth is known'}. A reading whose highest probability is
        below the unclear band’s edge is counted as unclear and enters no share.
        {measured.heads &&
          ` Of ${measured.heads.n.toLocaleString('en')} heads ${percent(measured.heads.missed)} were missed, and ${percent(measured.heads.false)} more were found than there are.`}
      </p>
      {measured.toneGroups && (
        <ToneSummary findings={findings} reader={reader} test={toneTestSentence(measured)} />
      )}
      {byTone && (
        <div className={classes.choice}>
          <span id="shown-for">Right and wrong among</span>
          <SegmentedControl
            data={[
              { value: EVERYONE, label: 'Everyone' },
              ...tones.map(({ id }) => ({ value: id, label: capital(toneName(reader, id)) })),
            ]}
            value={group}
            onChange={setGroup}
            size="sm"
            aria-labelledby="shown-for"
            data-testid="tone-group"
          />
        </div>
      )}
      {hasBins && (
        <p className={classes.lead}>
          A reading that says 90 % should be right nine times in ten: then its dot lies on the dashed line.
          Lines are 95 % intervals; the bars below count people, on a logarithmic scale.
        </p>
      )}
      {reader.attributes.map((attribute) => {
        const quality = measured.attributes[attribute.id];
        return (
          quality && (
            <Quality
              key={attribute.id}
              attribute={attribute}
              quality={quality}
              group={group}
              reader={reader}
              findings={findings.filter(({ what }) => what === attribute.id)}
            />
          )
        );
      })}
      {measured.command && (
        <p className={classes.lead}>
          To measure again: <code>{measured.command}</code>
        </p>
      )}
    </div>
  );
}

/** Said before everything else: whether the reader treats the tone groups alike. */
function ToneSummary({
  findings,
  reader,
  test,
}: {
  readonly findings: readonly ToneFinding[];
  readonly reader: ReaderFacts;
  readonly test: string;
}) {
  const titleOf = (what: string) =>
    reader.attributes
      .find(({ id }) => id === what)
      ?.title.replace(/ \(.*\)$/, '')
      .toLowerCase() ?? what;
  const named = [...new Set(findings.map(({ what }) => titleOf(what)))].join(', ');
  const heads = findings.filter(({ what }) => what === 'heads');
  return (
    <div className={classes.tones} data-worse={findings.length > 0} data-testid="tone-summary">
      <Icon name={findings.length > 0 ? 'warning' : 'check'} />
      <div>
        {findings.length > 0
          ? `On one skin tone group it is worse than on another, beyond chance: ${named}. `
          : 'On no skin tone group is it worse than on another beyond chance. '}
        {heads.map(({ sentence }) => `${sentence} `)}
        <small>{test}</small>
      </div>
    </div>
  );
}

function Quality({
  attribute,
  quality,
  group,
  reader,
  findings,
}: {
  readonly attribute: ReadAttribute;
  readonly quality: AttributeQuality;
  readonly group: string;
  readonly reader: ReaderFacts;
  readonly findings: readonly ToneFinding[];
}) {
  const own = quality.byToneGroup[group];
  const groups = Object.entries(quality.byToneGroup).filter(([, { n }]) => n > 0);
  return (
    <section className={classes.attribute}>
      <h3>{attribute.title}</h3>
      <p className={`${classes.numbers} tabular`}>
        <span>
          <b>{finePercent(quality.accuracy)}</b> right
        </span>
        {quality.accuracyWhenClear !== null && (
          <span>
            <b>{finePercent(quality.accuracyWhenClear)}</b> right when clear
          </span>
        )}
        <span>
          <b>{finePercent(quality.coverage)}</b> read clearly (from {percent(attribute.unclearBelow)} on)
        </span>
        <span>n = {quality.n.toLocaleString('en')}</span>
      </p>
      {groups.length > 0 && (
        <p className={`${classes.numbers} tabular`}>
          <span>Right by skin tone:</span>
          {groups.map(([id, { accuracy, n }]) => (
            <span key={id}>
              {toneName(reader, id)} <b>{accuracy === null ? '–' : finePercent(accuracy)}</b> (n ={' '}
              {n.toLocaleString('en')})
            </span>
          ))}
        </p>
      )}
      {findings.map(({ sentence }) => (
        <p key={sentence} className={classes.finding} data-testid="tone-finding">
          <Icon name="warning" size={16} /> {sentence}
        </p>
      ))}
      <p className={classes.numbers}>{calibrationSentence(quality.ece)}</p>
      <div className={classes.pair}>
        {quality.reliability.length > 0 && <Reliability attribute={attribute} quality={quality} />}
        <Matrix
          attribute={attribute}
          confusion={own?.confusion ?? quality.confusion}
          among={own?.confusion ? `people with ${toneName(reader, group)} skin` : 'everyone'}
        />
      </div>
    </section>
  );
}

function Matrix({
  attribute,
  confusion,
  among,
}: {
  readonly attribute: ReadAttribute;
  readonly confusion: readonly (readonly number[])[];
  readonly among: string;
}) {
  return (
    <ScrollRegion className={classes.scroll} label={`Confusion matrix of ${attribute.title}, ${among}`}>
      <table className={`${classes.matrix} tabular`}>
        <caption>Rows: as drawn. Columns: as read. Share of each row, {among}.</caption>
        <thead>
          <tr>
            <td aria-hidden="true" style={{ background: 'none' }} />
            {attribute.values.map((value) => (
              <th key={value.id} scope="col">
                {value.title.replace(/ \(.*\)$/, '')}
              </th>
            ))}
            <th scope="col">n</th>
          </tr>
        </thead>
        <tbody>
          {attribute.values.map((value, i) => {
            const row = confusion[i] ?? [];
            const sum = row.reduce((total, x) => total + x, 0);
            return (
              <tr key={value.id}>
                <th scope="row">{value.title.replace(/ \(.*\)$/, '')}</th>
                {attribute.values.map((read, j) => {
                  const part = sum > 0 ? (row[j] ?? 0) / sum : 0;
                  return (
                    <td key={read.id} style={{ '--weight': part } as CSSProperties}>
                      {part === 0 ? '' : percent(part).replace(' ', '\u202f')}
                    </td>
                  );
                })}
                <td className={classes.count}>{sum.toLocaleString('en')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
