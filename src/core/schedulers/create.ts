import { type RawSchedulerConfig, readSchedulerConfig } from './config';
import { createDdim } from './ddim';
import { createDpmSolver } from './dpm-solver';
import { createEuler } from './euler';
import { createEulerAncestral } from './euler-ancestral';
import { createLcm } from './lcm';
import { createPndm } from './pndm';
import type { Scheduler, SchedulerConfig, SchedulerId } from './types';

const CREATE: Readonly<Record<SchedulerId, (config: SchedulerConfig, steps: number) => Scheduler>> = {
  ddim: createDdim,
  euler: createEuler,
  'euler-ancestral': createEulerAncestral,
  pndm: createPndm,
  'dpm-solver': createDpmSolver,
  lcm: createLcm,
};

/**
 * A sampling schedule for a model.
 * @param id which sampler draws; `schedulerIdOf(config)` gives the one the model asks for.
 * @param config the model's `scheduler_config.json`.
 * @param steps to take, 1 .. the model's training timesteps.
 * @throws EvenhandError model-unsupported if the config has a value this code cannot follow; request-invalid if steps does not fit.
 */
export function createScheduler(id: SchedulerId, config: RawSchedulerConfig, steps: number): Scheduler {
  return CREATE[id](readSchedulerConfig(id, config), steps);
}
