import { holm } from '../../src/core/metrics';
import type { Measurement } from '../lib/report';
import { everybodyIs, shareFrom, shareOfHits } from '../model/counting';
import type { ReadPerson } from '../model/jobs';
import { type Arm, ATTRIBUTES, type AttributeId, isMeasuredOn } from './arms';
import type { DrawAnswer } from './jobs';
import {
  BIAS_MEASURES,
  biasOf,
  changeTest,
  type Item,
  meanOf,
  type Tested,
  usualTest,
  valueIndex,
} from './measures';
import { attributesOf, type PartId } from './plan';

/** The answers to one arm on one part. */
export interface Drawn {
  readonly items: readonly Item[];
  readonly answers: readonly DrawAnswer[];
}
export type DrawnOf = (arm: Arm, part: PartId) => Drawn;

/** One measured number, by what it is a number of. */
export interface Entry extends Measurement {
  readonly arm: Arm;
  readonly part: PartId;
  /** Absent where it is no matter of an attribute. */
  readonly attribute?: AttributeId;
  /** What a fair model would show at these numbers; only of measures of bias. */
  readonly floor?: number;
  readonly evenest?: number;
}

/** Everything that is measured arm by arm. @param arms the base lane first. */
export function evaluate(arms: readonly Arm[], drawnOf: DrawnOf): readonly Entry[] {
  const parts = ['one', 'several'] as const;
  return [
    ...arms.flatMap((arm) => [
      ...parts.flatMap((part) => [...biases(arm, part, drawnOf), ...quality(arm, part, drawnOf(arm, part))]),
      ...fidelity(arm, drawnOf(arm, 'explicit').items),
    ]),
    ...parts.flatMap((part) => changes(arms, part, drawnOf)),
  ];
}

function biases(arm: Arm, part: PartId, drawnOf: DrawnOf): Entry[] {
  const { items } = drawnOf(arm, part);
  if (items.length < 2) return [];
  return attributesOf(part)
    .filter((attribute) => isMeasuredOn(arm, attribute))
    .flatMap((attribute) =>
      BIAS_MEASURES.filter((measure) => part === 'several' || measure !== 'Bias-I').flatMap((measure) => {
        const found = biasOf(measure, items, attribute);
        return found ? [{ ...found, arm, part, attribute }] : [];
      }),
    );
}

/** What is said of pictures rather than of bias. */
function quality(arm: Arm, part: PartId, { items, answers }: Drawn): Entry[] {
  if (items.length < 2) return [];
  const pictures = items.map(({ picture }) => picture);
  const people = pictures.flatMap((picture) => picture.people);
  const changed = pictures.flatMap(({ change }) => (change ? [change] : []));
  const outside = changed.flatMap((change) => (change.outside ? [change.outside] : []));
  const asked = items.reduce((sum, one) => sum + one.asked.people, 0);
  const found = items.reduce((sum, one) => sum + Math.min(one.asked.people, one.picture.people.length), 0);
  const each = answers.flatMap((answer) => answer.pictures.map(() => answer));
  return [
    shareOfHits(
      'occupation accuracy',
      items.map((one) => everybodyIs('occupation', one.asked.occupation)(one.picture)),
    ),
    shareFrom('coverage', found, asked),
    ...(people.length > 0 ? [shareOfHits('read as neither woman nor man', people.map(isNeither))] : []),
    meanOf(
      'CLIP-T',
      pictures.map(({ clipT }) => clipT),
    ),
    meanOf(
      'PSNR',
      changed.map(({ psnr }) => psnr),
    ),
    meanOf(
      'SSIM',
      changed.map(({ ssim }) => ssim),
    ),
    meanOf(
      'feature distance',
      changed.map(({ features }) => features),
    ),
    meanOf(
      'CLIP-I',
      changed.map(({ clipI }) => clipI),
    ),
    meanOf(
      'PSNR outside persons',
      outside.map(({ psnr }) => psnr),
    ),
    meanOf(
      'SSIM outside persons',
      outside.map(({ ssim }) => ssim),
    ),
    meanOf(
      'feature distance outside persons',
      outside.map(({ features }) => features),
    ),
    meanOf(
      'UNet evaluations per image',
      each.map(({ unetEvaluations }) => unetEvaluations),
    ),
    meanOf(
      'seconds per image',
      each.flatMap(({ seconds }) => (seconds === undefined ? [] : [seconds])),
    ),
  ].flatMap((one) => (one ? [{ ...one, arm, part }] : []));
}

/** A method that blends the values instead of choosing one draws people whom nobody reads clearly. */
const isNeither = (person: ReadPerson): boolean => valueIndex(person, 'gender') === undefined;

/** Does a prompt that already says it stay what it says? */
function fidelity(arm: Arm, items: readonly Item[]): Entry[] {
  return ATTRIBUTES.filter((attribute) => isMeasuredOn(arm, attribute)).flatMap((attribute) => {
    const hits = items.flatMap(({ asked, picture }) => {
      const { stated } = asked;
      return stated?.attribute === attribute ? [everybodyIs(attribute, stated.value)(picture)] : [];
    });
    if (hits.length === 0) return [];
    return [{ ...shareOfHits('explicit prompts obeyed', hits), arm, part: 'explicit', attribute }];
  });
}

/** Paired tests against the base lane, each kind Holm-corrected over all arms that are measured on the attribute. */
function changes([base, ...arms]: readonly Arm[], part: PartId, drawnOf: DrawnOf): Entry[] {
  if (!base) return [];
  const before = drawnOf(base, part).items;
  return attributesOf(part).flatMap((attribute) => {
    const own = arms.filter((arm) => isMeasuredOn(arm, attribute));
    const corrected = (name: string, test: (after: readonly Item[]) => Tested | undefined): Entry[] => {
      const tests = own.flatMap((arm) => {
        const found = test(drawnOf(arm, part).items);
        return found ? [{ arm, ...found }] : [];
      });
      return holm(tests.map(({ p }) => p)).map((p, i): Entry => {
        const { arm, n } = tests[i]!;
        return { name, value: p, n, interval: [p, p], arm, part, attribute };
      });
    };
    return [
      ...corrected('p of the change', (after) => changeTest(before, after, attribute)),
      ...(attribute === 'gender-tone'
        ? []
        : corrected('p of the usual value', (after) => usualTest(before, after, attribute))),
    ];
  });
}
