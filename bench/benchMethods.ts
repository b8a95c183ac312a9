import { availableParallelism } from 'node:os';
import { folderSource } from '../workers/pipeline/folderSource';
import { loadPipeline } from '../workers/pipeline/pipeline';
import type { ModelInfo } from '../workers/protocol';
import { createNodeRuntime } from '../workers/runtime/node';
import { readOptions } from './lib/options';
import { figureOf, type Measurement, printFigures, writeReport } from './lib/report';
import { type Arm, armsOf, BASE, variantArms } from './methods/arms';
import { auditedWeights, projectorOf } from './methods/artefacts';
import type { Entanglement } from './methods/entanglement';
import type { Entry } from './methods/evaluate';
import { expectations, figureName } from './methods/expectations';
import type { Job } from './methods/jobs';
import { openKeeper } from './methods/kept';
import { type Lanes, planLanes } from './methods/lanes';
import { type Asked, askedOf, type PartId } from './methods/plan';
import { NO_SIDES, type Sides, sidesOf } from './methods/sides';
import { writeTables } from './methods/tables';
import type { DrawSettings } from './model/jobs';

const FULL = 'full';

/**
 * Every debiasing method on the embedded model, on the same seeds as the base lane: bias, what else it changes, what it costs. Writes
 * bench/results/methods.json and the tables of docs/methods.md.
 *   npm run bench:methods
 *   npm run bench:methods -- --quick                    as little as shows that it runs; writes nothing
 *   npm run bench:methods -- --fraction 0.25            so much of every n, which each figure states
 *   npm run bench:methods -- --method mist,uce          some methods beside the base lane, or trained variants by their ids; writes nothing
 *   npm run bench:methods -- --only one,several         some parts; writes nothing
 *   npm run bench:methods -- --method ... --as NAME     some methods; writes bench/results/NAME.json and the tables of docs/NAME.md
 *   npm run bench:methods -- --variant fast             one variant ("full" for the model itself); writes nothing
 *   npm run bench:methods -- --fraction 0.25 --kept     draws nothing: the parts of lanes that such a run has finished so far
 * Stopped with Ctrl-C it goes on where it was when started again; --fresh forgets what it has.
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    model: 'public/models/people',
    variant: '',
    method: '',
    only: '',
    as: '',
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
  const askedBy = (times: number) =>
    askedOf((full) => Math.min(full, count(full * times))).filter(({ part }) => isChosen(options.only, part));

  const keeper = await openKeeper({
    ...{ model, fresh, onlyReads: options.kept },
    ...{ processes: Number(options.processes), threads: Number(options.threads) },
  });
  const pipeline = await loadPipeline(folderSource(model), await createNodeRuntime(1), () => {});
  const { info } = pipeline;
  const others = [...armsOf(), ...variantArms(info.deltas)];
  const arms = [BASE, ...others.filter(({ method, delta }) => isChosen(options.method, delta?.id ?? method))];
  const needsProjector = arms.some(({ needs }) => needs === 'projector');
  const projector = needsProjector ? await projectorOf(pipeline, keeper.folder) : { path: '', id: '' };
  await pipeline.close();
  const weights = await auditedWeights(keeper, arms, info, count);
  const ready = (arm: Arm, one: Asked): Arm => ({
    ...arm,
    parameters: {
      ...arm.parameters,
      ...(arm.needs === 'projector' && { projector: projector.id }),
      ...weights.of(arm, one),
    },
  });

  const runs = drawnBy(info, options.variant).map((settings): Run => {
    const { variant } = settings;
    const drawn = arms.filter(({ delta }) => canDraw(info, delta, variant));
    const sides = variant === undefined ? sidesOf(arms, settings, projector.id) : NO_SIDES;
    const asked =
      variant === undefined
        ? askedBy(1)
        : askedBy(FEW_STEP_TIMES).filter(({ part }) => FEW_STEP_PARTS.includes(part));
    return { settings, asked, sides, lanes: planLanes({ arms: drawn, asked, settings, sides, ready }) };
  });
  // In order of importance: what is stopped has measured most of what matters.
  const jobs: Job[] = [
    ...runs.flatMap(({ lanes }) => lanes.base),
    ...runs.flatMap(({ sides }) => sides.jobs),
    ...runs.flatMap(({ lanes }) => lanes.others),
    ...runs.flatMap(({ lanes }) => lanes.crossed),
  ];
  // The base lane comes first: the others are compared with its pictures.
  for (const { lanes } of runs) await keeper.answer(lanes.base, projector.path);
  const answers = await keeper.answer(jobs, projector.path);

  const whole = !options.quick && options.only === '' && options.method === '' && options.variant === '';
  const measured = runs.map((run) => {
    const found = run.lanes.evaluate(answers);
    const promised = expectations(found).filter(({ name }) => whole || !OF_ALL.test(name));
    return { ...run, found, promised: promised.map(figureOf) };
  });
  const figures = measured.flatMap(({ settings, found, promised }) =>
    [
      ...promised,
      ...[...found.entanglements.flatMap(figuresOfEntanglement), ...found.entries.map(named)].map(figureOf),
    ].map((one) => ({
      ...one,
      name: settings.variant === undefined ? one.name : `${settings.variant}: ${one.name}`,
    })),
  );
  const unfinished = measured.flatMap(({ found }) => found.unfinished);
  if (unfinished.length > 0) console.log(`Not finished, so left out: ${unfinished.join('; ')}.`);
  const file = options.as || (whole ? 'methods' : '');
  if (file === '') {
    printFigures(figures);
    console.log(
      'Not everything was measured, so bench/results/methods.json and docs/methods.md stay as they are.',
    );
    return;
  }
  const command = ['npm run bench:methods', ...(args.length > 0 ? ['--', ...args] : [])].join(' ');
  writeReport(file, command, figures, {
    ...{
      model: info.hash,
      settings: runs.map(({ settings }) => settings),
      fraction,
      seeds: seedsOf(runs[0]!.asked),
    },
    ...{ identities: measured[0]!.found.identities, audits: weights.audits, unfinished },
  });
  writeTables(`docs/${file}.md`, measured, command);
}

/** What is expected of all methods together says nothing of some. */
const OF_ALL = /^methods with Bias-W/;

interface Run {
  readonly settings: DrawSettings;
  readonly asked: readonly Asked[];
  readonly sides: Sides;
  readonly lanes: Lanes;
}

/** A few-step variant is measured by what its bias is and what it keeps. */
const FEW_STEP_PARTS: readonly PartId[] = ['one', 'several'];
/** ... and on more pictures, since each costs a fraction. */
const FEW_STEP_TIMES = 2;

/** The full model and each variant, or the one that is wanted. @throws RangeError for a variant that the model does not have. */
function drawnBy({ defaults, variants }: ModelInfo, wanted: string): readonly DrawSettings[] {
  const all: DrawSettings[] = [
    defaults,
    ...variants.map(({ id, defaults: own }) => ({ variant: id, ...own })),
  ];
  const chosen = all.filter(({ variant }) => wanted === '' || (variant ?? FULL) === wanted);
  if (chosen.length === 0) throw new RangeError(`--variant: this model has no variant "${wanted}".`);
  return chosen;
}

/** A trained variant is added only to the UNets that it was made for. */
function canDraw({ deltas }: ModelInfo, delta: Arm['delta'], variant: string | undefined): boolean {
  const info = deltas.find(({ id }) => id === delta?.id);
  return !delta || info?.drawsWith.includes(variant ?? null) === true;
}

const isChosen = (list: string, id: string): boolean => list === '' || list.split(',').includes(id);

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
