export { type RawSchedulerConfig, schedulerIdOf } from './config';
export { createScheduler } from './create';
export {
  SCHEDULER_IDS,
  SCHEDULER_TITLES,
  type Scheduler,
  type SchedulerId,
  type StepNoise,
  type Walk,
} from './types';
