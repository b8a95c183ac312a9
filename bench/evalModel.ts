import { availableParallelism } from 'node:os';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline } from '../workers/pipeline/pipeline';
import type { ModelInfo, VariantInfo } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions } from './lib/options';
import { figureOf, type Measurement, printFigures, writeReport } from './lib/report';
import { differencesOf } from './model/differences';
import type { Answers } from './model/jobs';
import { answerAll } from './model/kept';
import { DRAWN, ONCE, PART_IDS, TIMED } from './model/parts';
import type { Evaluation, MakePart, Part, Plan } from './model/parts/part';

const FULL = 'full';

/**
 * Is the embedded model good enough to teach with? Draws with the exported files at their own settings, reads the pictures with
 * a reader that does not ship, prints a table and writes bench/results/model.json.
 *   npm run eval:model
 *   npm run eval:model -- --quick                        a tenth of everything: does it run? Writes no result
 *   npm run eval:model -- --fraction 0.4                 so much of every n, which each figure states
 *   npm run eval:model -- --only occupations,counts      some parts; writes no result
 *   npm run eval:model -- --variant fast                 one variant ("full" for the model itself); writes no result
 * Stopped with Ctrl-C it goes on where it was when started again; --fresh forgets what it has.
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    model: 'public/models/people',
    variant: '',
    only: '',
    quick: false,
    fraction: '1',
    fresh: false,
    processes: String(availableParallelism()),
    threads: '1',
  });
  process.once('SIGINT', () => {
    process.stderr.write('\nStopped. What is finished is kept; the same command goes on from here.\n');
    process.exit(130);
  });
  const info = await infoOf(options.model);
  const ids = chosenParts(options.only);
  const fraction = options.quick ? 0.1 : Number(options.fraction);
  if (!(fraction > 0 && fraction <= 1)) throw new RangeError('--fraction is a number over 0 and at most 1.');
  const plan = {
    model: options.model,
    count: (full: number) => Math.max(1, Math.round(full * fraction)),
    pictures: options.quick ? '.cache/eval-model' : 'docs',
  };
  const runs = chosenVariants(info, options.variant).map((variant) => runOf(variant, info, plan, ids));
  const jobs = runs.flatMap(({ drawn, timed, once }) =>
    [...drawn, ...timed, ...once].flatMap((part) => part.jobs),
  );
  const answers = await answerAll(jobs, {
    model: options.model,
    fresh: options.fresh,
    processes: Number(options.processes),
    threads: Number(options.threads),
  });

  const { measurements, details } = await evaluateRuns(runs, answers);
  const figures = measurements.map(figureOf);
  if (options.quick || options.only !== '' || options.variant !== '') {
    printFigures(figures);
    console.log('Not everything was measured, so bench/results/model.json stays as it is.');
    return;
  }
  const command = ['npm run eval:model', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  writeReport('model', command, figures, { model: info.hash, ...details });
}

/** One model or variant with the parts that it is measured by. */
interface VariantRun {
  /** undefined for the full model. */
  readonly variant: string | undefined;
  readonly settings: Plan['settings'];
  readonly drawn: readonly Part[];
  readonly timed: readonly Part[];
  readonly once: readonly Part[];
}

function runOf(
  variant: VariantInfo | undefined,
  info: ModelInfo,
  common: Omit<Plan, 'settings'>,
  ids: readonly string[],
): VariantRun {
  const settings = { variant: variant?.id, ...(variant ?? info).defaults };
  const parts = (from: Readonly<Record<string, MakePart>>) =>
    Object.entries(from).flatMap(([id, make]) => (ids.includes(id) ? [make({ ...common, settings })] : []));
  return {
    variant: variant?.id,
    settings,
    drawn: parts(DRAWN),
    timed: parts(TIMED),
    once: variant ? [] : parts(ONCE),
  };
}

/** Everything measured, the full model first; a variant's figures bear its name and are compared with the full model's. */
async function evaluateRuns(runs: readonly VariantRun[], answers: Answers) {
  const measurements: Measurement[] = [];
  const details: Record<string, unknown> = {};
  let full: readonly Measurement[] = [];
  for (const { variant, settings, drawn, timed, once } of runs) {
    const compared = await evaluateAll(drawn, answers);
    const others = await evaluateAll([...once, ...timed], answers);
    const all = [...compared.measurements, ...others.measurements];
    const own = { settings, ...compared.details, ...others.details };
    if (variant === undefined) {
      full = compared.measurements;
      measurements.push(...all);
      Object.assign(details, own);
    } else {
      measurements.push(...all.map((one) => ({ ...one, name: `${variant}: ${one.name}` })));
      measurements.push(...differencesOf(variant, full, compared.measurements));
      details[variant] = own;
    }
  }
  return { measurements, details };
}

async function evaluateAll(parts: readonly Part[], answers: Answers): Promise<Required<Evaluation>> {
  const evaluations: Evaluation[] = [];
  for (const part of parts) evaluations.push(await part.evaluate(answers));
  return {
    measurements: evaluations.flatMap((one) => one.measurements),
    details: Object.assign({}, ...evaluations.map((one) => one.details)),
  };
}

async function infoOf(model: string): Promise<ModelInfo> {
  const pipeline = await loadPipeline(folderSource(model), await createNodeRuntime(1), () => {});
  await pipeline.close();
  return pipeline.info;
}

/** @throws RangeError for a part that does not exist. */
function chosenParts(only: string): readonly string[] {
  if (only === '') return PART_IDS;
  const ids = only.split(',');
  const unknown = ids.find((id) => !PART_IDS.includes(id));
  if (unknown !== undefined)
    throw new RangeError(`--only: there is no part "${unknown}"; there are ${PART_IDS.join(', ')}.`);
  return ids;
}

/** @throws RangeError for a variant that the model does not have. */
function chosenVariants({ variants }: ModelInfo, wanted: string): readonly (VariantInfo | undefined)[] {
  if (wanted === '') return [undefined, ...variants];
  if (wanted === FULL) return [undefined];
  const found = variants.find(({ id }) => id === wanted);
  if (!found) {
    const known = [FULL, ...variants.map(({ id }) => id)].join(', ');
    throw new RangeError(`--variant: this model has no variant "${wanted}"; it has ${known}.`);
  }
  return [found];
}
