import { Button, Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { remaining } from '../../ui/format';
import { Icon } from '../../ui/icons';
import type { Shot } from '../run/runStore';
import { useModel, useRun, useStudio } from '../StudioContext';
import { stepAt, stepCount } from './attention';
import { Filmstrip } from './Filmstrip';
import { type ImageKey, type Inspection, inspectionKey, inspectStore } from './inspectStore';
import classes from './StepByStep.module.css';
import { TokenChips } from './TokenChips';
import type { Look } from './useLook';

/** A lane whose picture stands on the stage. */
export interface Side extends ImageKey {
  readonly name: string;
  readonly shot: Shot;
}

/** How the pictures on the stage came about, once they were drawn again for it. */
export function StepByStep({ sides, look }: { readonly sides: readonly Side[]; readonly look: Look }) {
  const studio = useStudio();
  const known = useStore(inspectStore, (state) => state.known);
  const inspections = sides.map((side) => ({ side, inspection: known[inspectionKey(side)] }));
  const missing = inspections.filter(({ inspection }) => inspection?.status !== 'done');
  const strips = inspections.flatMap(({ side, inspection }) =>
    inspection?.status === 'done' ? [{ name: side.name, image: inspection.data }] : [],
  );
  const main = strips.at(-1)?.image;
  const steps = Math.max(0, ...strips.map(({ image }) => stepCount(image)));
  const running = missing.find(({ inspection }) => inspection?.status === 'running');
  const start = () => {
    void inspectStore
      .getState()
      .inspect(sides, (laneId, index, onProgress) => studio.inspect(laneId, index, onProgress));
  };
  const step = main && (stepAt(main, look.at ?? steps - 1) ?? main.steps.at(-1));
  return (
    <section className={classes.steps} aria-label="Step by step" data-testid="step-by-step">
      {strips.length > 0 && <Filmstrip strips={strips} steps={steps} at={look.at} onChange={look.setAt} />}
      {main && step && main.layers.length > 0 && (
        <TokenChips
          image={main}
          step={step}
          token={look.token}
          layer={look.layer}
          onToken={look.setToken}
          onLayer={look.setLayer}
        />
      )}
      {main?.withoutMaps && <p className={classes.note}>No attention maps. {main.withoutMaps}</p>}
      {running ? (
        <Running
          name={running.side.name}
          inspection={running.inspection}
          stop={() => studio.cancelRedrawing()}
        />
      ) : (
        missing.length > 0 && (
          <Start missing={missing.map(({ side }) => side)} all={sides.length} start={start} />
        )
      )}
      {missing.map(({ side, inspection }) => (
        <Trouble key={inspectionKey(side)} name={side.name} inspection={inspection} />
      ))}
    </section>
  );
}

function Start({
  missing,
  all,
  start,
}: {
  readonly missing: readonly Side[];
  readonly all: number;
  readonly start: () => void;
}) {
  const model = useModel();
  const hash = useRun((state) => state.header?.model.hash);
  const running = useRun((state) => state.status === 'running');
  const otherModel = model !== null && hash !== model.hash;
  const [first] = missing;
  // Alone an image takes about twice its part of a batch.
  const expected = missing.reduce((sum, { shot }) => sum + 2 * shot.milliseconds, 0);
  return (
    <div className={classes.start}>
      <Button
        variant="light"
        leftSection={<Icon name="steps" />}
        onClick={start}
        disabled={running || model === null || otherModel}
        data-testid="inspect"
      >
        {missing.length < all ? `Inspect ${first?.name} too` : 'Inspect step by step'}
      </Button>
      <p className={classes.note}>
        {otherModel
          ? 'Drawn with another version of the model, so it cannot be looked into here.'
          : running
            ? 'Possible as soon as the run is done: the engine does one thing at a time.'
            : `Draws ${missing.length === 1 ? 'this picture' : 'both pictures'} again and keeps every step and where it looks at each word: ${remaining(expected)}.`}
      </p>
    </div>
  );
}

function Running({
  name,
  inspection,
  stop,
}: {
  readonly name: string;
  readonly inspection: Inspection | undefined;
  readonly stop: () => void;
}) {
  const progress = inspection?.status === 'running' ? inspection.progress : null;
  return (
    <div className={classes.running} role="status">
      <span className="tabular">
        Drawing {name} again{progress && `, step ${progress.done} of ${progress.total}`}
      </span>
      <Button size="compact-sm" variant="default" onClick={stop} data-testid="inspect-stop">
        Stop
      </Button>
      <Progress
        size="sm"
        value={progress ? (100 * progress.done) / progress.total : 3}
        animated
        aria-label={`Steps of ${name} drawn again`}
      />
    </div>
  );
}

function Trouble({
  name,
  inspection,
}: {
  readonly name: string;
  readonly inspection: Inspection | undefined;
}) {
  if (inspection?.status === 'stopped') return <p className={classes.note}>Stopped; {name} is as it was.</p>;
  if (inspection?.status !== 'failed') return null;
  return (
    <p className={classes.trouble} role="alert">
      {name} could not be looked into. {inspection.error.message} {inspection.error.nextStep}
    </p>
  );
}
