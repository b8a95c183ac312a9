import { createNodeRuntime } from '../../workers/runtime/node';
import { readOptions } from '../lib/options';
import type { Answer, Job } from './jobs';
import { createWorkshop } from './workshop';

/** What a child process says: the answer to the job it was given, or why there is none. */
export type Reply = { readonly answer: Answer } | { readonly error: string } | { readonly ready: true };

/** One child of bench/model/pool.ts: does the jobs that arrive, one after another, until its parent lets go of it. */
export async function main(args: readonly string[]): Promise<void> {
  const { model, threads } = readOptions(args, { model: '', threads: '1' });
  const reply = (message: Reply) => process.send?.(message);
  const refuse = (error: unknown) => reply({ error: error instanceof Error ? error.message : String(error) });
  const parentLeft = new Promise<void>((resolve) => process.once('disconnect', resolve));
  try {
    const workshop = await createWorkshop(model, await createNodeRuntime(Number(threads)));
    process.on('message', (job: Job) => {
      workshop.work(job).then((answer) => reply({ answer }), refuse);
    });
    reply({ ready: true });
  } catch (error) {
    refuse(error);
  }
  await parentLeft;
}
