import { HoverCard, Text, UnstyledButton } from '@mantine/core';
import { figureText } from '../../charts/BiasChart';
import type { BiasFigure, Summary } from '../../charts/summary';
import { measure } from '../../ui/format';
import { WORDS } from '../../ui/words';
import classes from './Figures.module.css';

/** Bias-W, FD and coverage of one lane; no number without its interval, floor and n. */
export function Figures({ summary }: { readonly summary: Summary }) {
  const { biasW, fd, n, nEffective, coverage } = summary;
  return (
    <div className={classes.figures} data-testid="figures">
      {biasW && <Figure name="Bias-W" help={WORDS.biasW} figure={biasW} n={n} nEffective={nEffective} />}
      {fd && <Figure name="FD" help={WORDS.fd} figure={fd} n={n} nEffective={nEffective} />}
      <div className={classes.coverage} data-testid="coverage">
        {coverage.images === 0 ? (
          'No image yet'
        ) : (
          <>
            <b>{coverage.read}</b> of {coverage.persons} persons read
            {coverage.unclear > 0 && `, ${coverage.unclear} unclear`}
            {coverage.imagesWithoutPeople > 0 &&
              `, ${coverage.imagesWithoutPeople} of ${coverage.images} images without a person`}
          </>
        )}
      </div>
    </div>
  );
}

function Figure({
  name,
  help,
  figure,
  n,
  nEffective,
}: {
  readonly name: string;
  readonly help: string;
  readonly figure: BiasFigure;
  readonly n: number;
  readonly nEffective: number;
}) {
  const within = figure.value <= figure.floor;
  return (
    <HoverCard width={300} shadow="md" openDelay={150}>
      <HoverCard.Target>
        <UnstyledButton
          className={`${classes.figure} tabular`}
          aria-label={`${name} ${figureText(figure, n)}`}
          data-testid={`figure-${name}`}
        >
          <span className={classes.name}>{name}</span>
          <span className={classes.value}>{measure(figure.value)}</span>
          <span className={classes.range}>
            {measure(figure.low)} to {measure(figure.high)}
          </span>
          <span className={classes.range}>
            floor {measure(figure.floor)}, n = {n}
          </span>
        </UnstyledButton>
      </HoverCard.Target>
      <HoverCard.Dropdown>
        <Text size="sm">{help}</Text>
        <Text size="sm" mt={6}>
          {within ? WORDS.withinFloor : WORDS.aboveFloor}
        </Text>
        {nEffective < n - 0.5 && (
          <Text size="sm" mt={6}>
            People in one image are alike, so these {n} persons tell as much as {Math.round(nEffective)}{' '}
            independent ones; intervals and floor use that.
          </Text>
        )}
      </HoverCard.Dropdown>
    </HoverCard>
  );
}
