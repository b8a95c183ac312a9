import { Button, Progress } from '@mantine/core';
import { useStore } from 'zustand';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useStudio } from '../StudioContext';
import classes from './Composer.module.css';

const STAGES = {
  download: 'Loading the model',
  verify: 'Checking the files',
  start: 'Starting the engine',
  apply: 'Adding the variant',
} as const;

/** The many small configs would bury the files that take the time. */
const WORTH_NAMING = 100_000;

/** The model on its way in, or why it did not arrive. Nothing once it is there. */
export function LoadState() {
  const studio = useStudio();
  const status = useStore(studio.engine, (state) => state.status);
  if (status.phase === 'ready') return null;
  if (status.phase === 'failed') {
    const { message, nextStep, detail } = status.error;
    return (
      <div className={classes.failed} role="alert" data-testid="load-failed">
        <Icon name="warning" />
        <div style={{ flex: 1 }}>
          <strong>{message}</strong> {nextStep}
          {detail && (
            <details>
              <summary>Detail for a report</summary>
              <code>{detail}</code>
            </details>
          )}
        </div>
        <Button size="compact-sm" variant="default" onClick={() => void studio.loadModel()}>
          Try again
        </Button>
        {!studio.embedded && (
          <Button size="compact-sm" variant="default" onClick={() => void studio.openEmbedded()}>
            Open the embedded model
          </Button>
        )}
      </div>
    );
  }
  const { stage, loaded, total, files } = status.load;
  return (
    <div data-testid="load-progress">
      <div className={classes.progressLine}>
        <strong>{stage ? STAGES[stage] : 'Opening the engine'}</strong>
        <span className="tabular">{total > 0 && `${bytes(loaded)} of ${bytes(total)}`}</span>
      </div>
      <Progress
        mt={8}
        size="sm"
        value={total > 0 ? (100 * loaded) / total : 0}
        aria-label="Model files loaded"
      />
      <ul className={classes.files}>
        {Object.entries(files)
          .filter(([, size]) => size >= WORTH_NAMING)
          .map(([file, size]) => (
            <li key={file}>
              <span>{file}</span>
              <span className="tabular">{bytes(size)}</span>
            </li>
          ))}
      </ul>
    </div>
  );
}
