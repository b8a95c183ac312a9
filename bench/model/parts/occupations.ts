import { type ExpectedShares, expectedShares, neutralPrompt, type Occupation } from '../../../src/core/world';
import { everybodyIs, hasCount, shareOfHits } from '../counting';
import { type DrawJob, inChunks, type ReadPicture } from '../jobs';
import { countsOf, learnedDifference, rowOf, sampledDifference } from '../shares';
import { type Evaluation, type MakePart, NAMED, SEEDS } from './part';

const ATTRIBUTES = ['gender', 'tone', 'age', 'glasses', 'cover', 'expression'] as const;
/** Attributes whose shares are promised to follow the table. */
const PROMISED: readonly string[] = ['gender', 'tone', 'age'];

export type PicturesOf = ReadonlyMap<Occupation, readonly ReadPicture[]>;

/** "a photo of a doctor" for every occupation: is it one, is it one person, and are the shares those of the table? */
export const occupations: MakePart = ({ settings, count }) => {
  const each = count(400);
  const jobs = new Map<Occupation, readonly DrawJob[]>(
    NAMED.map((occupation, k) => [
      occupation,
      inChunks(SEEDS.occupations + k * 1000, each, 40, (seeds) => ({
        kind: 'draw',
        prompt: neutralPrompt(occupation),
        seeds,
        settings,
      })),
    ]),
  );
  return {
    jobs: [...jobs.values()].flat(),
    evaluate(answers) {
      const pictures = new Map([...jobs].map(([occupation, own]) => [occupation, answers.read(own)]));
      const right = [...pictures].flatMap(([occupation, all]) =>
        all.map(everybodyIs('occupation', occupation)),
      );
      const { measurements, details } = sharesAgainstTable(pictures, 'learned', true);
      return {
        measurements: [
          shareOfHits('occupation right, one person', right, { atLeast: 0.98 }),
          shareOfHits('number of people right, asked for 1', [...pictures.values()].flat().map(hasCount(1)), {
            atLeast: 0.95,
          }),
          ...measurements,
        ],
        details: {
          ...details,
          occupationRight: Object.fromEntries(
            [...pictures].map(([occupation, all]) => [
              occupation,
              { n: all.length, value: all.filter(everybodyIs('occupation', occupation)).length / all.length },
            ]),
          ),
        },
      };
    },
  };
};

/** @param promised whether these shares are the model's, which must follow the table, and not only a yardstick. */
export function sharesAgainstTable(pictures: PicturesOf, title: string, promised: boolean): Evaluation {
  const details: Record<string, Record<string, unknown>> = {};
  const measurements = ATTRIBUTES.flatMap((attribute) => {
    const rows = [...pictures].map(([occupation, all]) =>
      rowOf(occupation, attribute, tableOf(occupation, attribute), all),
    );
    for (const row of rows) {
      details[row.occupation] = {
        ...details[row.occupation],
        [attribute]: { values: row.values, table: row.table, counts: countsOf(row) },
      };
    }
    const aim = promised && PROMISED.includes(attribute) ? { atMost: 0.05 } : undefined;
    const name = `${title} ${attribute} shares, mean difference to the table`;
    const own = learnedDifference(name, rows, aim);
    return promised ? [own, sampledDifference(`${name}: sampling alone`, rows)] : [own];
  });
  return { measurements, details: { shares: details } };
}

function tableOf(occupation: Occupation, attribute: keyof ExpectedShares): Readonly<Record<string, number>> {
  return expectedShares(occupation)[attribute];
}
