import { Accordion } from '@mantine/core';
import type { VariantInfo } from '../../workers/protocol';
import { plural } from '../ui/format';
import { Icon } from '../ui/icons';
import {
  type FigureRow,
  figureNumber,
  figureRows,
  figureSpread,
  targetOf,
  type Verdict,
  variantVerdict,
  verdictOf,
} from './figureRows';
import classes from './ModelFigures.module.css';
import type { Figures } from './modelFacts';

/** What the model was held to, and whether it got there: each figure with its n, interval and target. */
export function ModelFigures({
  figures,
  variants,
}: {
  readonly figures: Figures;
  readonly variants: readonly VariantInfo[];
}) {
  const rows = figureRows(figures.figures, variants);
  const held = rows.filter((row) => targetOf(row) !== null);
  const others = rows.filter((row) => targetOf(row) === null);
  const { command, commit, date, machine } = figures;
  return (
    <section className={classes.figures} data-testid="model-figures">
      <div>
        <h3>What it was held to</h3>
        <p className={classes.lead}>{scores(held, variants).join('; ')}.</p>
      </div>
      <FigureTable rows={held} variants={variants} held />
      {others.length > 0 && (
        <Accordion variant="separated" radius="md">
          <Accordion.Item value="others">
            <Accordion.Control>Also measured, without a target ({others.length})</Accordion.Control>
            <Accordion.Panel>
              <FigureTable rows={others} variants={variants} held={false} />
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
      <p className={classes.lead}>
        Ranges are 95 % intervals; of times, the shortest and the longest. Measured {dayOf(date)} with{' '}
        <code>{command}</code> at commit {commit}
        {machine && `, on ${machine.cpu}`}.
      </p>
    </section>
  );
}

/** "16 of 23 targets met", "Few steps keeps up with the full model to 0.03, in 16 of 19". */
function scores(held: readonly FigureRow[], variants: readonly VariantInfo[]): readonly string[] {
  const full = held.flatMap((row) => row.full ?? []);
  const own = variants.flatMap(({ title }, i) => {
    const compared = held.flatMap((row) => row.variants[i]?.worse ?? []);
    if (compared.length === 0) return [];
    const kept = compared.filter(({ ok }) => ok).length;
    const within = figureNumber(compared[0]!.target);
    return [`${title} keeps up with the full model, to ${within}, in ${kept} of ${compared.length}`];
  });
  return [`${full.filter(({ ok }) => ok).length} of ${plural(full.length, 'target')} met`, ...own];
}

function FigureTable({
  rows,
  variants,
  held,
}: {
  readonly rows: readonly FigureRow[];
  readonly variants: readonly VariantInfo[];
  readonly held: boolean;
}) {
  return (
    <table className={`${classes.table} tabular`}>
      <thead>
        <tr>
          <th scope="col">Figure</th>
          {held && <th scope="col">Target</th>}
          <th scope="col">{variants.length > 0 ? 'Full' : 'Measured'}</th>
          {variants.map(({ id, title }) => (
            <th key={id} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">
              {row.name.charAt(0).toUpperCase() + row.name.slice(1)}
              {row.full && <small>{figureSpread(row.full)}</small>}
              {row.variants.map(
                ({ own }, i) =>
                  own && (
                    <small key={variants[i]?.id}>
                      {variants[i]?.title}: {figureSpread(own)}
                    </small>
                  ),
              )}
            </th>
            {held && <td className={classes.target}>{figureNumber(targetOf(row))}</td>}
            <Cell value={row.full?.value ?? null} verdict={row.full && verdictOf(row.full)} />
            {row.variants.map((figure, i) => (
              <Cell
                key={variants[i]?.id}
                value={figure.own?.value ?? null}
                verdict={variantVerdict(figure)}
              />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Cell({ value, verdict }: { readonly value: number | null; readonly verdict: Verdict | null }) {
  return (
    <td data-ok={verdict?.ok}>
      {figureNumber(value)}
      {verdict && (
        <small>
          <Icon name={verdict.ok ? 'check' : 'warning'} size={14} /> {verdict.text}
        </small>
      )}
    </td>
  );
}

const dayOf = (date: string): string => {
  const time = Date.parse(date);
  return Number.isNaN(time)
    ? ''
    : `on ${new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(time)}`;
};
