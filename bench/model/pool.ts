import { type ChildProcess, fork } from 'node:child_process';
import type { Reply } from './child';

export interface PoolOptions<J, A> {
  /** The file whose `main` serves jobs (child.ts), and what it is told on its command line. */
  readonly worker: string;
  readonly args: readonly string[];
  /** Child processes; each does one job at a time. */
  readonly processes: number;
  /** Called as each answer arrives. */
  onAnswer(job: J, answer: A): void;
}

/** What a pool's progress needs to know of its jobs. */
export interface JobNotes<J> {
  /** The name under which a job's answer is kept. */
  keyOf(job: J): string;
  /** About what it costs, in any unit. */
  costOf(job: J): number;
  titleOf(job: J): string;
}

/**
 * Does all jobs, in order, in child processes. Processes rather than threads: what surrounds the UNet (noise, step, clamping to
 * bytes, rendering) runs on one core in each, so two of them keep two cores busier than two threads of one.
 * @throws Error with a child's own message when a job fails there.
 */
export async function runJobs<J extends object, A>(
  jobs: readonly J[],
  options: PoolOptions<J, A>,
): Promise<void> {
  if (jobs.length === 0) return;
  const waiting = jobs.values();
  const count = Math.min(options.processes, jobs.length);
  const children = Array.from({ length: count }, () => startChild(options));
  try {
    await Promise.all(
      children.map(async (child) => {
        await answerOf<A>(child);
        for (const job of waiting) {
          child.send(job);
          const reply = await answerOf<A>(child);
          if ('answer' in reply) options.onAnswer(job, reply.answer);
        }
      }),
    );
  } finally {
    for (const child of children) if (child.connected) child.disconnect();
  }
}

function startChild({ worker, args }: { worker: string; args: readonly string[] }): ChildProcess {
  return fork('scripts/run.mjs', [worker, ...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
}

/** The child's next reply. @throws Error if it reports one, or ends. */
function answerOf<A>(child: ChildProcess): Promise<Reply<A>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => reject(new Error(`A drawing process ended with code ${code}.`));
    child.once('exit', onExit);
    child.once('message', (reply: Reply<A>) => {
      child.off('exit', onExit);
      if ('error' in reply) reject(new Error(reply.error));
      else resolve(reply);
    });
  });
}

/** Tells on stderr how far the work is and how long the rest will take, at most once a second. */
export function progressOf<J>(
  jobs: readonly J[],
  { costOf, titleOf }: Pick<JobNotes<J>, 'costOf' | 'titleOf'>,
): (job: J) => void {
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

/** The jobs that have no answer yet, each once. */
export function unanswered<J>(
  jobs: readonly J[],
  keyOf: (job: J) => string,
  isKnown: (job: J) => boolean,
): J[] {
  const seen = new Set<string>();
  return jobs.filter((job) => {
    const key = keyOf(job);
    if (isKnown(job) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
