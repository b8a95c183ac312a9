import type { DrawSettings } from '../model/jobs';
import { type Arm, BASE } from './arms';
import { entanglementOf } from './entanglement';
import { type Drawn, type DrawnOf, evaluate } from './evaluate';
import type { Found } from './expectations';
import { type Answer, type DrawAnswer, type DrawJob, keyOf } from './jobs';
import { type Asked, isAskedOf, jobsOf, type PartId } from './plan';
import type { Sides } from './sides';

/** What is drawn by first, so that a run that is stopped has the most important parts of every lane. */
const ORDER: readonly PartId[] = ['one', 'several', 'tones', 'explicit'];

export interface LanesInput {
  /** The base lane first. */
  readonly arms: readonly Arm[];
  readonly asked: readonly Asked[];
  readonly settings: DrawSettings;
  readonly sides: Sides;
  /** The arm with what it needs, made for this prompt. */
  ready(arm: Arm, asked: Asked): Arm;
}

/** All lanes on one model or variant. */
export interface Lanes {
  /** The base lane, which comes first: the others are compared with its pictures. */
  readonly base: readonly DrawJob[];
  readonly others: readonly DrawJob[];
  /** Lanes that are told two attributes crossed: the most costly, and the last. */
  readonly crossed: readonly DrawJob[];
  /** Lanes are measured on the parts that they have finished. */
  evaluate(answers: ReadonlyMap<string, Answer>): Found;
}

export function planLanes({ arms, asked, settings, sides, ready }: LanesInput): Lanes {
  const plan = (arm: Arm, part: PartId) =>
    asked
      .filter((one) => one.part === part && isAskedOf(arm, one))
      .flatMap((one) => jobsOf(ready(arm, one), one, settings).map((job) => ({ asked: one, job })));
  const jobs = (some: readonly Arm[]) =>
    ORDER.flatMap((part) => some.flatMap((arm) => plan(arm, part).map(({ job }) => job)));
  const others = arms.filter((arm) => arm !== BASE);
  const crossed = (arm: Arm) => arm.attribute === 'gender-tone';
  return {
    base: jobs([BASE]),
    others: jobs(others.filter((arm) => !crossed(arm))),
    crossed: jobs(others.filter(crossed)),
    evaluate(answers) {
      const unfinished: string[] = [];
      const drawn = new Map<string, Drawn>();
      for (const arm of arms) {
        for (const part of ORDER) {
          const own = plan(arm, part).map((one) => ({ ...one, answer: answers.get(keyOf(one.job)) }));
          const done = own.flatMap((one) => (isDrawn(one.answer) ? [{ ...one, answer: one.answer }] : []));
          if (done.length < own.length) unfinished.push(`${arm.id}, ${part}`);
          const finished = done.length === own.length ? done : [];
          drawn.set(`${arm.id} ${part}`, {
            answers: finished.map(({ answer }) => answer),
            items: finished.flatMap((one) =>
              one.answer.pictures.map((picture) => ({ asked: one.asked, picture })),
            ),
          });
        }
      }
      const drawnOf: DrawnOf = (arm, part) => drawn.get(`${arm.id} ${part}`)!;
      const base = drawnOf(BASE, 'tones').items;
      const entanglements = arms.flatMap((arm) => {
        const { items } = drawnOf(arm, 'tones');
        return items.length > 1 && base.length > 1 ? [entanglementOf(arm, items, base)] : [];
      });
      return { entries: evaluate(arms, drawnOf), entanglements, ...sides.evaluate(answers), unfinished };
    },
  };
}

const isDrawn = (answer: Answer | undefined): answer is DrawAnswer => answer?.kind === 'drawn';
