export { type RawSchedulerConfig, schedulerIdOf } from './config';
export { createScheduler } from './create';
export { SCHEDULER_IDS, type Scheduler, type SchedulerId } from './types';
