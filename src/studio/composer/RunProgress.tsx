import { Progress } from '@mantine/core';
import type { LoadProgress } from '../../../workers/protocol';
import { bytes, remaining } from '../../ui/format';
import { countImages } from '../run/runStore';
import { useRun } from '../StudioContext';
import classes from './Composer.module.css';

export function RunProgress() {
  const progress = useRun((state) => state.progress);
  const header = useRun((state) => state.header);
  const lanes = useRun((state) => state.lanes);
  const loading = useRun((state) => state.loading);
  if (loading) return <Loading progress={loading} />;
  const { made, asked } = countImages({ header, lanes });
  const lane = header?.request.lanes.find(({ id }) => id === progress?.laneId);
  return (
    <div>
      <div className={classes.progressLine} data-testid="progress">
        <span className="tabular">
          <strong>
            {made} of {asked}
          </strong>{' '}
          images{lane && `, drawing ${lane.name}`}
        </span>
        <span>
          {progress?.remainingMs === null || progress === null
            ? 'Measuring the pace…'
            : `${remaining(progress.remainingMs)} left`}
        </span>
      </div>
      <Progress
        mt={8}
        value={asked === 0 ? 0 : (100 * (made + stepShare(progress, header?.request.steps ?? 1))) / asked}
        size="sm"
        aria-label="Images drawn"
      />
    </div>
  );
}

/** A variant's own file on its way in; only before its first run. */
function Loading({
  progress: { stage, file, loadedBytes, totalBytes },
}: {
  readonly progress: LoadProgress;
}) {
  return (
    <div>
      <div className={classes.progressLine} data-testid="variant-progress">
        <strong>
          {stage === 'apply'
            ? `Adding “${file}” to the model’s weights`
            : 'Loading this variant of the model'}
        </strong>
        <span className="tabular">
          {bytes(loadedBytes)} of {bytes(totalBytes)}
        </span>
      </div>
      <Progress mt={8} value={(100 * loadedBytes) / totalBytes} size="sm" aria-label="Bytes loaded" />
    </div>
  );
}

/** Part of the running batch that is done, in images, so that the bar moves between images too. */
function stepShare(progress: { step: number; indices: readonly number[] } | null, steps: number): number {
  return progress ? Math.min(1, progress.step / steps) * progress.indices.length : 0;
}
