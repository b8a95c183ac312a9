import { Button, NativeSelect, Progress, Text } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { AuditRound } from '../../../workers/methods/uce/audit';
import type { AttributeInfo } from '../../../workers/protocol';
import { useModel, useRun, useStudio } from '../StudioContext';
import classes from './AuditField.module.css';
import { cancelAudit, findWeights, ROUND_IMAGES } from './audit';
import type { Audit, EndedAudit } from './auditStore';

/** Attributes whose values there are words for. */
const WEIGHED: readonly string[] = ['gender', 'tone', 'age'];

/** Lets a lane find its weights by drawing, reading and adjusting; shows every round. */
export function AuditField({ laneId }: { readonly laneId: string }) {
  const studio = useStudio();
  const model = useModel();
  const audit = useStore(studio.audits, (state) => state.audit);
  const ended = useStore(studio.audits, (state) => state.ended[laneId]);
  const running = useRun((state) => state.status === 'running');
  const [attribute, setAttribute] = useState('gender');
  const attributes = (model?.attributes ?? []).filter(({ id }) => WEIGHED.includes(id));
  const own = audit?.laneId === laneId ? audit : null;
  if (own) return <AuditView audit={own} attributes={attributes} />;
  return (
    <div className={classes.field} data-testid="audit">
      <NativeSelect
        size="sm"
        label="Find weights for"
        description={`Draws rounds of ${ROUND_IMAGES} pictures of the prompt, reads them and adjusts, until two rounds in a row cannot be told from the target. Weights belong to one prompt.`}
        value={attribute}
        onChange={(event) => setAttribute(event.currentTarget.value)}
        data={attributes.map(({ id, title }) => ({ value: id, label: title }))}
        data-testid="audit-attribute"
      />
      <Button
        size="compact-sm"
        variant="light"
        disabled={attributes.length === 0 || running || audit !== null}
        onClick={() => void findWeights(studio, laneId, attribute)}
        data-testid="audit-start"
      >
        Find them
      </Button>
      {ended && <EndedView ended={ended} attributes={attributes} />}
    </div>
  );
}

type Attributes = readonly AttributeInfo[];

function AuditView({ audit, attributes }: { readonly audit: Audit; readonly attributes: Attributes }) {
  const studio = useStudio();
  const { progress, cancelling } = audit;
  const { round, rounds, drawn, images, past } = progress ?? {
    ...{ round: 1, rounds: 0, drawn: 0, images: ROUND_IMAGES, past: [] },
  };
  return (
    <section className={classes.field} aria-label="Audit" data-testid="audit-running">
      <Text size="sm" fw={600}>
        Round {round}
        {rounds > 0 && ` of at most ${rounds}`}
      </Text>
      <Progress
        value={(100 * drawn) / images}
        aria-label="Pictures of this round"
        className={classes.wide ?? ''}
      />
      <Text size="sm" c="dimmed" className="tabular" role="status">
        {drawn} of {images} pictures
      </Text>
      <Rounds rounds={past} attribute={attributes.find(({ id }) => id === audit.attribute)} />
      <Button
        size="compact-sm"
        variant="default"
        loading={cancelling}
        onClick={() => cancelAudit(studio)}
        data-testid="audit-cancel"
      >
        Stop the audit
      </Button>
    </section>
  );
}

function EndedView({ ended, attributes }: { readonly ended: EndedAudit; readonly attributes: Attributes }) {
  const { attribute, prompt, report } = ended;
  const count = report.rounds.length;
  return (
    <div className={classes.field} data-testid="audit-ended">
      <Text size="sm">
        {report.settled
          ? `Settled after ${count} rounds on “${prompt}”. The weights below are set.`
          : `Not settled in ${count} rounds on “${prompt}”: the weights below are the next that it would have tried, and no promise.`}
      </Text>
      <Rounds rounds={report.rounds} attribute={attributes.find(({ id }) => id === attribute)} />
    </div>
  );
}

/** What each round read, and whether it could be told from the target. */
function Rounds({
  rounds,
  attribute,
}: {
  readonly rounds: readonly AuditRound[];
  readonly attribute: AttributeInfo | undefined;
}) {
  if (rounds.length === 0 || !attribute) return null;
  return (
    <ol className={classes.rounds}>
      {rounds.map(({ round, counts, within }) => (
        <li key={round}>
          {attribute.values.map(({ id, title }) => `${title} ${counts[id] ?? 0}`).join(', ')}
          {within ? ': within the target' : ''}
        </li>
      ))}
    </ol>
  );
}
