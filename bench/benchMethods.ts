import { availableParallelism } from 'node:os';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline } from '../workers/pipeline/pipeline';
import type { ModelInfo } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions } from './lib/options';
import { figureOf, type Measurement, printFigures, writeReport } from './lib/report';
import { type Arm, armsOf, BASE } from './methods/arms';
import { auditedWeights, projectorOf } from './methods/artefacts';
import { type Entanglement, entanglementOf } from './methods/entanglement';
import { type DrawnOf, type Entry, evaluate } from './methods/evaluate';
import { expectations, type Found, figureName } from './methods/expectations';
import { type Answer, type DrawAnswer, type DrawJob, keyOf } from './methods/jobs';
import { openKeeper } from './methods/kept';
import { type Asked, askedOf, isAskedOf, jobsOf, PARTS, type PartId } from './methods/plan';
import { sidesOf } from './methods/sides';
import { writeTables } from './methods/tables';
import type { DrawSettings } from './model/jobs';

const FULL = 'full';

/**
 * Every debiasing method on the embedded model, on the same seeds as the base lane: bias, what else it changes, what it costs. Writes
 * bench/results/methods.json and the tables of docs/methods.md.
 *   npm run bench:methods
 *   npm run bench:methods -- --quick                    as little as shows that it runs; writes nothing
 *   npm run bench:methods -- --fraction 0.25            so much of every n, which each figure states
 *   npm run bench:methods -- --method mist,uce          some methods beside the base lane; writes nothing
 *   npm run bench:methods -- --only one,several         some parts; writes nothing
 *   npm run bench:methods -- --variant fast             in few steps; writes nothing
 *   npm run bench:methods -- --fraction 0.25 --kept     draws nothing: the lanes that such a run has finished so far
 * Stopped with Ctrl-C it goes on where it was when started again; --fresh forgets what it has.
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    model: 'public/models/people',
    variant: FULL,
    method: '',
    only: '',
    quick: false,
    fraction: '1',
    fresh: false,
    kept: false,
    processes: String(availableParallelism()),
    threads: '1',
  });
  process.once('SIGINT', () => {
    process.stderr.write('\nStopped. What is finished is kept; the same command goes on from here.\n');
    process.exit(130);
  });
  const { model, fresh } = options;
  const fraction = options.quick ? 1 / 16 : Number(options.fraction);
  if (!(fraction > 0 && fraction <= 1)) throw new RangeError('--fraction is a number over 0 and at most 1.');
  const count = (full: number) => Math.max(1, Math.round(full * fraction));
  const planned = [BASE, ...armsOf().filter(({ method }) => isChosen(options.method, method))];
  const parts = PARTS.filter((part) => isChosen(options.only, part));
  const asked = askedOf(count).filter(({ part }) => parts.includes(part));

  const keeper = await openKeeper({
    ...{ model, fresh, onlyReads: options.kept },
    ...{ processes: Number(options.processes), threads: Number(options.threads) },
  });
  const pipeline = await loadPipeline(folderSource(model), await createNodeRuntime(1), () => {});
  const { info } = pipeline;
  const settings = settingsOf(info, options.variant);
  const needsProjector = planned.some(({ needs }) => needs === 'projector');
  const projector = needsProjector ? await projectorOf(pipeline, keeper.folder) : { path: '', id: '' };
  await pipeline.close();
  const weights = await auditedWeights(keeper, planned, info, settings, count);

  const ready = (arm: Arm, one: Asked): Arm => ({
    ...arm,
    parameters: {
      ...arm.parameters,
      ...(arm.needs === 'projector' && { projector: projector.id }),
      ...weights.of(arm, one),
    },
  });
  const plan = (arm: Arm, part: PartId): { asked: Asked; job: DrawJob }[] =>
    asked
      .filter((one) => one.part === part && isAskedOf(arm, one))
      .flatMap((one) => jobsOf(ready(arm, one), one, settings).map((job) => ({ asked: one, job })));
  const drawJobs = (some: readonly Arm[]) =>
    some.flatMap((arm) => parts.flatMap((part) => plan(arm, part).map(({ job }) => job)));
  const sides = sidesOf(planned, settings, projector.id);
  // The base lane comes first: the others are compared with its pictures.
  await keeper.answer(drawJobs([BASE]), projector.path);
  const answers = await keeper.answer([...sides.jobs, ...drawJobs(planned)], projector.path);
  const arms = planned.filter((arm) => drawJobs([arm]).every((job) => answers.has(keyOf(job))));
  const unfinished = planned.filter((arm) => !arms.includes(arm)).map(({ id }) => id);
  if (unfinished.length > 0) console.log(`Not finished, so left out: ${unfinished.join(', ')}.`);

  const drawnOf: DrawnOf = (arm, part) => {
    const own = plan(arm, part).map((one) => ({ ...one, answer: drawnAnswer(answers.get(keyOf(one.job))) }));
    return {
      answers: own.map(({ answer }) => answer),
      items: own.flatMap((one) => one.answer.pictures.map((picture) => ({ asked: one.asked, picture }))),
    };
  };
  const entries = evaluate(arms, drawnOf);
  const entanglements = arms
    .map((arm) => ({ arm, items: drawnOf(arm, 'tones').items }))
    .filter(({ items }) => items.length > 1)
    .map(({ arm, items }) => entanglementOf(arm, items, drawnOf(BASE, 'tones').items));
  const found: Found = { entries, entanglements, ...sides.evaluate(answers) };

  const promised = expectations(found).map(figureOf);
  const figures = [...entanglements.flatMap(figuresOfEntanglement), ...entries.map(named)].map(figureOf);
  if (options.quick || options.only !== '' || options.method !== '' || options.variant !== FULL) {
    printFigures([...promised, ...figures]);
    console.log(
      'Not everything was measured, so bench/results/methods.json and docs/methods.md stay as they are.',
    );
    return;
  }
  const command = ['npm run bench:methods', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  writeReport('methods', command, [...promised, ...figures], {
    ...{ model: info.hash, settings, fraction, seeds: seedsOf(asked) },
    ...{ identities: found.identities, audits: weights.audits, unfinished },
  });
  writeTables('docs/methods.md', { found, settings, command, asked, promised });
}

const isChosen = (list: string, id: string): boolean => list === '' || list.split(',').includes(id);

/** @throws RangeError for a variant that the model does not have. */
function settingsOf(info: ModelInfo, wanted: string): DrawSettings {
  if (wanted === FULL) return info.defaults;
  const variant = info.variants.find(({ id }) => id === wanted);
  if (!variant) throw new RangeError(`--variant: this model has no variant "${wanted}".`);
  return { variant: variant.id, ...variant.defaults };
}

function drawnAnswer(answer: Answer | undefined): DrawAnswer {
  if (answer?.kind !== 'drawn') throw new RangeError('A job was never run.');
  return answer;
}

const named = (entry: Entry): Measurement => ({ ...entry, name: figureName(entry) });

function figuresOfEntanglement({ arm, gaps, toneMove, skin }: Entanglement): Measurement[] {
  return [...gaps, ...(toneMove ? [toneMove] : []), ...skin].map((one) => ({
    ...one,
    name: figureName({ arm, part: 'tones', name: one.name }),
  }));
}

/** "one: a photo of a doctor" -> first and last seed that is drawn. */
function seedsOf(asked: readonly Asked[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    asked.map(({ part, prompt, seeds, drawn }) => [
      `${part}: ${prompt}`,
      `${seeds[0]} to ${seeds[drawn - 1]}`,
    ]),
  );
}
