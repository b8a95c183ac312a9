import { Accordion } from '@mantine/core';
import type { VariantInfo } from '../../workers/protocol';
import { plural } from '../ui/format';
import { Icon } from '../ui/icons';
import { type FigureGroup, figureGroups, figureNumber, figureSpread, figureVerdict } from './figureGroups';
import classes from './ModelFigures.module.css';
import type { Figure, Figures } from './modelFacts';

/** What the model was held to, and whether it got there: each figure with its n, interval and target. */
export function ModelFigures({
  figures,
  variants,
}: {
  readonly figures: Figures;
  readonly variants: readonly VariantInfo[];
}) {
  const groups = figureGroups(figures.figures, variants);
  const held = groups.flatMap((group) => group.held);
  const others = groups.flatMap((group) => group.others);
  const met = held.filter(({ ok }) => ok).length;
  const { command, commit, date, machine } = figures;
  return (
    <section className={classes.figures} data-testid="model-figures">
      <h3>
        What it was held to{' '}
        <span className={classes.score}>
          {met} of {plural(held.length, 'target')} met
        </span>
      </h3>
      {groups.map((group) => (
        <FigureTable key={group.variant?.id ?? ''} group={group} figures={group.held} />
      ))}
      {others.length > 0 && (
        <Accordion variant="separated" radius="md">
          <Accordion.Item value="others">
            <Accordion.Control>Also measured, without a target ({others.length})</Accordion.Control>
            <Accordion.Panel>
              {groups.map((group) => (
                <FigureTable key={group.variant?.id ?? ''} group={group} figures={group.others} />
              ))}
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
      <p className={classes.source}>
        Ranges are 95 % intervals; of times, the shortest and the longest. Measured {dayOf(date)} with{' '}
        <code>{command}</code> at commit {commit}
        {machine && `, on ${machine.cpu}`}.
      </p>
    </section>
  );
}

function FigureTable({
  group,
  figures,
}: {
  readonly group: FigureGroup;
  readonly figures: readonly Figure[];
}) {
  if (figures.length === 0) return null;
  const withTargets = figures.some(({ target }) => target !== null);
  return (
    <table className={`${classes.table} tabular`}>
      {group.variant && <caption>{group.variant.title}</caption>}
      <thead>
        <tr>
          <th scope="col">Figure</th>
          <th scope="col">Measured</th>
          {withTargets && <th scope="col">Target</th>}
        </tr>
      </thead>
      <tbody>
        {figures.map((figure) => (
          <tr key={figure.name}>
            <th scope="row">
              {sentenceCase(figure.name)}
              <small>{figureSpread(figure)}</small>
            </th>
            <td>{figureNumber(figure.value)}</td>
            {withTargets && (
              <td data-ok={figure.ok}>
                {figureNumber(figure.target)}
                <small>
                  <Icon name={figure.ok ? 'check' : 'warning'} size={14} /> {figureVerdict(figure)}
                </small>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sentenceCase = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

const dayOf = (date: string): string => {
  const time = Date.parse(date);
  return Number.isNaN(time)
    ? ''
    : `on ${new Intl.DateTimeFormat('en', { dateStyle: 'medium' }).format(time)}`;
};
