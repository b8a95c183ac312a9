import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { folderSource } from '../../workers/pipeline/folderSource';
import { readManifest } from '../../workers/pipeline/manifest';
import { type AnswerFile, openAnswers } from '../model/cache';
import { readerHash } from '../model/independentReader';
import { progressOf, runJobs, unanswered } from '../model/pool';
import { isBase } from './arms';
import { clipHash } from './clip';
import { type Answer, costOf, type Job, keyOf, titleOf } from './jobs';
import { openPictures } from './pictures';

/** What pictures are held against the base lane by. */
const MEASURING = readFileSync('bench/methods/change.ts', 'utf8');
/** Git ignores it. */
const FOLDER = '.cache/bench-methods';

export interface Keeper {
  /** Does the jobs that have no kept answer yet, and gives the answers of all, by key. A keeper that only reads gives those there are. */
  answer(jobs: readonly Job[], projector?: string): Promise<ReadonlyMap<string, Answer>>;
  /** Where this model's own things are kept. */
  readonly folder: string;
}

export interface KeepOptions {
  readonly model: string;
  readonly processes: number;
  readonly threads: number;
  /** Do everything again, for when the pipeline itself has changed. */
  readonly fresh: boolean;
  readonly onlyReads: boolean;
}

/**
 * Answers on disk, under what they depend on: the model's graphs and configs, both measuring networks, how pictures are held against the
 * base lane's, and the code of the method (the files of its own folder; what several methods share is not in it, so use `fresh` after
 * changing that).
 */
export async function openKeeper(options: KeepOptions): Promise<Keeper> {
  const { manifest } = await readManifest(folderSource(options.model));
  const graphs = manifest.files.flatMap(({ path, sha256 }) =>
    /^card\.json$|^perception\//.test(path) ? [] : [`${path} ${sha256}`],
  );
  const folder = join(FOLDER, hashOf(...graphs));
  if (options.fresh) rmSync(folder, { recursive: true, force: true });
  const shipped = manifest.files.find(({ path }) => path.endsWith('reader.onnx'))?.sha256 ?? '';
  const pictures = openPictures(join(folder, 'base'));
  const files = new Map<string, AnswerFile<Answer>>();
  const fileOf = (job: Job): AnswerFile<Answer> => {
    const method = 'method' in job ? job.method : job.kind;
    const found = files.get(method);
    if (found) return found;
    const depends =
      job.kind === 'audit' ? [shipped, codeOf('uce')] : [readerHash(), clipHash(), codeOf(method), MEASURING];
    const opened = openAnswers<Answer>(join(folder, `${method}-${hashOf(...depends)}.jsonl`));
    files.set(method, opened);
    return opened;
  };
  const isKnown = (job: Job): boolean => {
    if (!fileOf(job).known.has(keyOf(job))) return false;
    if (job.kind !== 'draw' || !isBase(job)) return true;
    return job.only.every((index) => pictures.has({ ...job, seed: job.seeds[index]! }));
  };
  const kept = (jobs: readonly Job[]) =>
    new Map(jobs.filter(isKnown).map((job) => [keyOf(job), fileOf(job).known.get(keyOf(job))!]));
  return {
    folder,
    async answer(jobs, projector = '') {
      const missing = options.onlyReads ? [] : unanswered(jobs, keyOf, isKnown);
      const tell = progressOf(missing, { costOf, titleOf });
      await runJobs<Job, Answer>(missing, {
        worker: 'bench/methods/worker.ts',
        args: [
          '--model',
          options.model,
          '--pictures',
          join(folder, 'base'),
          '--projector',
          projector,
          '--threads',
          String(options.threads),
        ],
        processes: options.processes,
        onAnswer(job, answer) {
          fileOf(job).keep(keyOf(job), answer);
          tell(job);
        },
      });
      return kept(jobs);
    },
  };
}

/** The code of a method; '' for what is no method. */
function codeOf(method: string): string {
  const folder = join('workers/methods', method);
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    return hashOf(...files.sort().map((name) => readFileSync(join(folder, name), 'utf8')));
  } catch {
    return '';
  }
}

function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}
