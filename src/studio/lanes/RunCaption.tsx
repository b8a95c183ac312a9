import type { AttributeInfo } from '../../../workers/protocol';
import { SCHEDULER_TITLES } from '../../core/schedulers';
import { LabelButton } from '../../labels/LabelButton';
import { duration, percent, plural } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { countImages, type RunHeader, type RunStatus } from '../run/runStore';
import { savedBySharing } from '../run/sharing';
import { useModel, useRun } from '../StudioContext';
import { formatSeeds } from '../seeds';
import { titleOfVariant } from '../variants';
import { useShownAttribute } from './BoardTools';
import { Intro } from './Intro';
import classes from './RunCaption.module.css';

/** What the pictures below were asked for, and how the run ended. Before the first run: what will happen. */
export function RunCaption({ attributes }: { readonly attributes: readonly AttributeInfo[] }) {
  const attribute = useShownAttribute(attributes);
  const header = useRun((state) => state.header);
  const status = useRun((state) => state.status);
  const error = useRun((state) => state.error);
  const notes = useRun((state) => state.notes);
  const timings = useRun((state) => state.timings);
  const lanes = useRun((state) => state.lanes);
  const model = useModel();
  if (!header) return <Intro attribute={attribute} />;
  const { made, asked } = countImages({ header, lanes });
  const total = timings ? timings.encode + timings.denoise + timings.decode + timings.perceive : 0;
  const saved = timings ? savedBySharing(timings) : 0;
  return (
    <div className={classes.caption}>
      <h1 className={classes.prompt} data-testid="run-prompt">
        {header.request.prompt}
      </h1>
      <p className={`${classes.facts} tabular`}>
        {factsOf(header, titleOfVariant(model, header.request.variant)).join(' · ')}
      </p>
      <p className={classes.status} data-status={status} data-testid="run-status">
        {statusText(status, made, asked)}
        {status === 'done' && total > 0 && ` in ${duration(total)}`}
        {saved > 0 && `, ${percent(saved)} of the UNet evaluations saved by sharing`}
      </p>
      <LabelButton />
      {error && (
        <p className={classes.error} role="alert" data-testid="run-error">
          <Icon name="warning" size={16} /> {error.message} {error.nextStep}
        </p>
      )}
      {notes.map((note) => (
        <p key={note} className={classes.note}>
          <Icon name="info" size={16} /> {note}
        </p>
      ))}
    </div>
  );
}

function factsOf({ request, backend, model }: RunHeader, variant: string | null): readonly string[] {
  const { seeds, steps, guidanceScale, scheduler } = request;
  const first = formatSeeds(seeds);
  return [
    `${seeds.length === 1 ? 'seed' : 'seeds'} ${first.length > 40 ? `${first.slice(0, 38)}…` : first.replace(/-/g, '–')}`,
    plural(steps, 'step'),
    `guidance ${guidanceScale}`,
    SCHEDULER_TITLES[scheduler],
    variant === null ? model.title : `${model.title}, ${variant}`,
    backend,
  ];
}

function statusText(status: RunStatus, made: number, asked: number): string {
  switch (status) {
    case 'running':
      return `Drawing, ${made} of ${asked}`;
    case 'done':
      return made === asked ? plural(made, 'image') : `${made} of ${plural(asked, 'image')}`;
    case 'cancelled':
      return `Stopped after ${made} of ${asked}; what was drawn is kept`;
    case 'failed':
      return `Failed after ${made} of ${asked}; what was drawn is kept`;
  }
}
