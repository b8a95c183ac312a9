import { type RawSchedulerConfig, readSchedulerConfig } from './config';
import { createDdim } from './ddim';
import { createEuler } from './euler';
import type { Scheduler, SchedulerId } from './types';

/**
 * A sampling schedule for a model.
 * @param id which sampler draws; `schedulerIdOf(config)` gives the one the model asks for.
 * @param config the model's `scheduler_config.json`.
 * @param steps number of denoiser evaluations, 1 .. the model's training timesteps.
 * @throws EvenhandError model-unsupported if the config has a value this code cannot follow; request-invalid if steps does not fit.
 */
export function createScheduler(id: SchedulerId, config: RawSchedulerConfig, steps: number): Scheduler {
  const checked = readSchedulerConfig(id, config);
  switch (id) {
    case 'ddim':
      return createDdim(checked, steps);
    case 'euler':
      return createEuler(checked, steps);
  }
}
