import { createNodeRuntime } from '../../workers/runtime/node';
import { readOptions } from '../lib/options';
import { serveJobs } from './child';
import { createWorkshop } from './workshop';

/** One child of the pool of eval:model. */
export async function main(args: readonly string[]): Promise<void> {
  const { model, threads } = readOptions(args, { model: '', threads: '1' });
  await serveJobs(async () => (await createWorkshop(model, await createNodeRuntime(Number(threads)))).work);
}
