import { Drawer, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import type { DeltaFacts, DeltaInfo, Result } from '../../../workers/protocol';
import { figureNumber, figureSpread, verdictOf } from '../../models/figureRows';
import { EvidenceBadge } from '../../ui/EvidenceBadge';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useModel, useStudio } from '../StudioContext';
import classes from './Deltas.module.css';
import { useOfferedDeltas } from './useOfferedDeltas';
import { partsText, sizeText } from './words';

/** The card of a trained variant: what it is, how it was made, what was measured on it, and what it changes in this model. */
export function DeltaDrawer() {
  const { deltas } = useStudio();
  const open = useStore(deltas, (state) => state.open);
  const offered = useOfferedDeltas() ?? [];
  const info = offered.find(({ id }) => id === open);
  return (
    <Drawer
      opened={open !== null}
      onClose={() => deltas.getState().show(null)}
      position="right"
      title={info?.name ?? open ?? ''}
      size="lg"
      // Above the picker and the settings of the lane that it was opened from.
      zIndex={400}
      closeButtonProps={{ 'aria-label': 'Close the card' }}
    >
      {info ? (
        <Card info={info} />
      ) : (
        <Text size="sm">This variant is neither one of the model’s nor kept in this browser.</Text>
      )}
    </Drawer>
  );
}

function Card({ info }: { readonly info: DeltaInfo }) {
  const { card, problem } = info;
  return (
    <div className={classes.card} data-testid="variant-card">
      {problem && (
        <p className={classes.problem} role="alert">
          <Icon name="warning" size={16} />
          <span>
            {problem.message} {problem.nextStep}
          </span>
        </p>
      )}
      {card ? (
        <>
          <p className={classes.lead}>{card.summary}</p>
          <div className={classes.line}>
            <EvidenceBadge evidence={card.evidence} citation={card.citation} />
            <span className={classes.says}>{card.citation}</span>
          </div>
          <Figures figures={card.figures} />
          <h3>How it was trained</h3>
          <Rows rows={trainingRows(card)} />
          {card.tokens.length > 0 && (
            <>
              <h3>Words it learned</h3>
              <p className={classes.says}>
                {card.tokens
                  .map(({ token, initializer }) => `${token} (began as “${initializer}”)`)
                  .join(', ')}
                .{' '}
                {card.prompt
                  ? 'The lane puts them into the prompt, unless they stand there already.'
                  : 'Write them into the prompt yourself.'}
              </p>
            </>
          )}
          {card.limits.length > 0 && (
            <>
              <h3>Limits</h3>
              <ul className={classes.limits}>
                {card.limits.map((limit) => (
                  <li key={limit}>{limit}</li>
                ))}
              </ul>
            </>
          )}
        </>
      ) : (
        <p className={classes.lead}>
          A file of your own, without a card: nothing is known of how it was made or what it does.
          {info.tokens.length > 0 && ` Write ${info.tokens.join(', ')} into the prompt.`}
        </p>
      )}
      <h3>In this model</h3>
      <Rows
        rows={[
          ...(card ? [['Changes', partsText(card)] as const] : []),
          ['File', bytes(info.bytes)],
          ...(card ? [['Licence', card.licence] as const] : []),
        ]}
      />
      {!problem && <Sizes id={info.id} />}
    </div>
  );
}

type Row = readonly [name: string, value: string];

function trainingRows({ training }: NonNullable<DeltaInfo['card']>): readonly Row[] {
  const { command, samples, seed, ...rest } = training;
  return [
    ['Command', command],
    ['Samples', samples.toLocaleString('en')],
    ['Seed', String(seed)],
    ...Object.entries(rest).map(([name, value]): Row => [capital(name), String(value ?? '–')]),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <dl className={classes.rows}>
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Figures({ figures }: { readonly figures: NonNullable<DeltaInfo['card']>['figures'] }) {
  if (figures.length === 0) return <p className={classes.says}>Nothing was measured on it yet.</p>;
  return (
    <>
      <h3>What was measured</h3>
      <table className={`${classes.figures} tabular`}>
        <tbody>
          {figures.map((figure) => {
            const verdict = verdictOf(figure);
            return (
              <tr key={figure.name}>
                <th scope="row">
                  {capital(figure.name)}
                  <small>{figureSpread(figure)}</small>
                </th>
                <td>
                  {figureNumber(figure.value)}
                  {verdict && (
                    <small>
                      <Icon name={verdict.ok ? 'check' : 'warning'} size={14} /> {verdict.text}
                    </small>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}

/** Computed from the weights themselves, when the card is opened. */
function Sizes({ id }: { readonly id: string }) {
  const answer = useFacts(id);
  if (!answer) return <p className={classes.says}>Measuring what it changes…</p>;
  if (!answer.ok) return <p className={classes.problem}>{answer.error.message}</p>;
  return (
    <ul className={classes.limits} data-testid="variant-sizes">
      {Object.entries(answer.value.sizes).map(([path, size]) => (
        <li key={path}>{sizeText(path, size)}</li>
      ))}
    </ul>
  );
}

function useFacts(id: string): Result<DeltaFacts> | null {
  const { client, deltas } = useStudio();
  const model = useModel();
  const [answer, setAnswer] = useState<Result<DeltaFacts> | null>(null);
  useEffect(() => {
    let current = true;
    setAnswer(null);
    if (!model) return;
    const measure = async () => {
      const brought = await deltas.getState().file(id);
      const measured = await client.describeDelta(brought ?? id);
      if (current) setAnswer(measured);
    };
    void measure();
    return () => {
      current = false;
    };
  }, [client, deltas, id, model]);
  return answer;
}
