import { type ChildProcess, fork } from 'node:child_process';
import { type Answer, costOf, type Job, keyOf } from './jobs';
import type { Reply } from './worker';

export interface PoolOptions {
  readonly model: string;
  /** Child processes; each does one job at a time. */
  readonly processes: number;
  /** Threads of one operator in each child. */
  readonly threads: number;
  /** Called as each answer arrives. */
  onAnswer(job: Job, answer: Answer): void;
}

/**
 * Does all jobs, in order, in child processes. Processes rather than threads: what surrounds the UNet (noise, step, clamping to
 * bytes, rendering) runs on one core in each, so two of them keep two cores busier than two threads of one.
 * @throws Error with a child's own message when a job fails there.
 */
export async function runJobs(jobs: readonly Job[], options: PoolOptions): Promise<void> {
  if (jobs.length === 0) return;
  const waiting = jobs.values();
  const count = Math.min(options.processes, jobs.length);
  const children = Array.from({ length: count }, () => startChild(options));
  try {
    await Promise.all(
      children.map(async (child) => {
        await answerOf(child);
        for (const job of waiting) {
          child.send(job);
          const reply = await answerOf(child);
          if ('answer' in reply) options.onAnswer(job, reply.answer);
        }
      }),
    );
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
  }
}

function startChild({ model, threads }: PoolOptions): ChildProcess {
  const args = ['bench/model/worker.ts', '--model', model, '--threads', String(threads)];
  return fork('scripts/run.mjs', args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The child's next reply. @throws Error if it reports one, or ends. */
function answerOf(child: ChildProcess): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A drawing process ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (reply: Reply) => {
      child.off('exit', onExit);
      if ('error' in reply) reject(new Error(reply.error));
      else resolve(reply);
    });
  });
}

/** Tells on stderr how far the work is and how long the rest will take, at most once a second. */
export function progressOf(jobs: readonly Job[]): (job: Job) => void {
  const start = performance.now();
  const total = jobs.reduce((sum, job) => sum + costOf(job), 0);
  let done = 0;
  let finished = 0;
  let last = 0;
  return (job) => {
    done += costOf(job);
    finished += 1;
    const now = performance.now();
    if (now - last < 1000 && finished < jobs.length) return;
    last = now;
    const minutes = ((now - start) * (total - done)) / done / 60_000;
    const left = minutes < 1 ? 'less than a minute' : `${Math.round(minutes)} min`;
    process.stderr.write(
      `\r${Math.floor((100 * done) / total)} %, ${left} left: ${titleOf(job)}`.padEnd(78).slice(0, 78),
    );
    if (finished === jobs.length) process.stderr.write('\n');
  };
}

function titleOf(job: Job): string {
  if (job.kind === 'draw') return job.prompt;
  return job.kind === 'render' ? `rendering the ${job.sampler} sampler` : 'the autoencoder';
}

/** The jobs that have no answer yet, each once. */
export function unanswered(jobs: readonly Job[], isKnown: (job: Job) => boolean): Job[] {
  const seen = new Set<string>();
  return jobs.filter((job) => {
    const key = keyOf(job);
    if (isKnown(job) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
