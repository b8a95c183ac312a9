import { NativeSelect, NumberInput, SegmentedControl } from '@mantine/core';
import type { BackendChoice } from '../../../workers/protocol';
import { SCHEDULER_IDS, SCHEDULER_TITLES, type SchedulerId } from '../../core/schedulers';
import { LIMITS } from '../limits';
import { useModel, useRun, useSettings, useStudio } from '../StudioContext';
import classes from './Composer.module.css';

const SCHEDULERS = SCHEDULER_IDS.map((value) => ({ value, label: SCHEDULER_TITLES[value] }));
/** What sets a scheduler apart, where something does. */
const HELP: Readonly<Record<SchedulerId, string>> = {
  ddim: 'Removes the noise step by step and adds none.',
  euler: 'Removes the noise step by step and adds none.',
  'euler-ancestral': 'Adds new noise at each step, the same for a seed in every lane.',
  pndm: 'Learns from the steps before; takes one evaluation more than there are steps.',
  'dpm-solver': 'Learns from the step before; good with 10 to 20 steps.',
  lcm: 'For models that were distilled to consistency: 2 to 8 steps, guidance 1 to 2.',
};
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
        <NativeSelect
          label="Scheduler"
          data={SCHEDULERS}
          value={scheduler ?? 'ddim'}
          onChange={({ currentTarget: { value } }) =>
            change({ scheduler: SCHEDULER_IDS.find((id) => id === value) ?? null })
          }
        />
        <p className={classes.help}>{HELP[scheduler ?? 'ddim']}</p>
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
