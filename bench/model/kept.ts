import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { rendererHash } from '../../src/core/world';
import { folderSource } from '../../workers/pipeline/folderSource';
import { readManifest } from '../../workers/pipeline/manifest';
import { type AnswerFile, openAnswers } from './cache';
import { readerHash } from './independentReader';
import { type Answer, type Answers, answersOf, costOf, type Job, keyOf, titleOf } from './jobs';
import { progressOf, runJobs, unanswered } from './pool';

/** Git ignores it. */
const FOLDER = '.cache/eval-model';

export interface KeepOptions {
  readonly model: string;
  readonly processes: number;
  /** Threads of one operator in each process. */
  readonly threads: number;
  /** Do everything again, for when the pipeline itself has changed. */
  readonly fresh: boolean;
}

/**
 * Does all jobs that have no kept answer yet. Answers are kept one by one, under what they depend on: those about the model are
 * forgotten with its graphs and their configs, not with a new card; renderings are not.
 */
export async function answerAll(jobs: readonly Job[], options: KeepOptions): Promise<Answers> {
  const { manifest } = await readManifest(folderSource(options.model));
  const modelWithout = (ignored: RegExp) =>
    manifest.files.flatMap(({ path, sha256 }) => (ignored.test(path) ? [] : [`${path} ${sha256}`])).join();
  const file = (kind: Job['kind'], ...dependsOn: string[]): AnswerFile<Answer> => {
    const hash = createHash('sha256').update(dependsOn.join()).digest('hex').slice(0, 16);
    const path = join(FOLDER, `${kind}-${hash}.jsonl`);
    if (options.fresh) rmSync(path, { force: true });
    return openAnswers(path);
  };
  const kept: Readonly<Record<Job['kind'], AnswerFile<Answer>>> = {
    draw: file('draw', modelWithout(/^card\.json$|^perception\//), readerHash()),
    render: file('render', rendererHash(), readerHash()),
    'round-trip': file('round-trip', modelWithout(/^card\.json$/), rendererHash()),
  };
  const missing = unanswered(jobs, keyOf, (job) => kept[job.kind].known.has(keyOf(job)));
  const tell = progressOf(missing, { costOf, titleOf });
  await runJobs<Job, Answer>(missing, {
    worker: 'bench/model/worker.ts',
    args: ['--model', options.model, '--threads', String(options.threads)],
    processes: options.processes,
    onAnswer(job, answer) {
      kept[job.kind].keep(keyOf(job), answer);
      tell(job);
    },
  });
  return answersOf(new Map(Object.values(kept).flatMap(({ known }) => [...known])));
}
