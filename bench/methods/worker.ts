import { createNodeRuntime } from '../../workers/runtime/node';
import { readOptions } from '../lib/options';
import { serveJobs } from '../model/child';
import type { Answer, Job } from './jobs';
import { createWorkshop } from './workshop';

/** One child of the pool of bench:methods. */
export async function main(args: readonly string[]): Promise<void> {
  const { threads, ...options } = readOptions(args, { model: '', pictures: '', projector: '', threads: '1' });
  await serveJobs<Job, Answer>(async () => createWorkshop(options, await createNodeRuntime(Number(threads))));
}
