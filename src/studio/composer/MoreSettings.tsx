import { NumberInput, SegmentedControl } from '@mantine/core';
import type { BackendChoice, SchedulerId } from '../../../workers/protocol';
import { LIMITS } from '../limits';
import { useModel, useRun, useSettings, useStudio } from '../StudioContext';
import classes from './Composer.module.css';

const SCHEDULERS: { value: SchedulerId; label: string }[] = [
  { value: 'ddim', label: 'DDIM' },
  { value: 'euler', label: 'Euler' },
];
const BACKENDS: { value: BackendChoice; label: string }[] = [
  { value: 'auto', label: 'Best' },
  { value: 'webgpu', label: 'WebGPU' },
  { value: 'wasm', label: 'wasm (CPU)' },
];

/** Settings that most people never touch. */
export function MoreSettings({ invalid }: { readonly invalid: boolean }) {
  const studio = useStudio();
  const { scheduler, batchSize, backend, change } = useSettings((state) => state);
  const running = useRun((state) => state.status === 'running');
  const model = useModel();
  return (
    <div className={classes.settings}>
      <div className={classes.field}>
        <span className={classes.label}>Scheduler</span>
        <SegmentedControl
          data={SCHEDULERS}
          value={scheduler ?? 'ddim'}
          onChange={(value) => change({ scheduler: value === 'euler' ? 'euler' : 'ddim' })}
          aria-label="Scheduler"
        />
        <p className={classes.help}>
          Both remove the noise step by step without adding new; they take other paths.
        </p>
      </div>
      <div className={classes.field}>
        <NumberInput
          label="Batch size"
          value={batchSize}
          onChange={(value) => change({ batchSize: value === '' ? 0 : Number(value) })}
          min={LIMITS.batchSize.min}
          max={LIMITS.batchSize.max}
          clampBehavior="none"
          allowDecimal={false}
          error={invalid}
          aria-describedby="composer-issues"
          data-testid="batch-input"
        />
        <p className={classes.help}>
          Images drawn together. Part of what makes pixels repeat, so a link carries it.
        </p>
      </div>
      <div className={classes.field}>
        <span className={classes.label}>Where it runs</span>
        <SegmentedControl
          data={BACKENDS}
          value={backend}
          disabled={running}
          aria-label="Where it runs"
          data-testid="backend-choice"
          onChange={(value) => {
            change({ backend: value as BackendChoice });
            void studio.loadModel();
          }}
        />
        <p className={classes.help}>
          {model?.backend.reason ?? 'The choice takes effect when the model has loaded.'}
        </p>
      </div>
    </div>
  );
}
