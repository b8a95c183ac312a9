import { finePercent } from '../ui/format';
import type { ReaderFacts, ReaderMeasured } from './modelFacts';

/** One finding that the reader does worse on a tone group, put into words. */
export interface ToneFinding {
  /** Attribute's id, or "heads". */
  readonly what: string;
  readonly sentence: string;
}

/**
 * Where the reader is worse on one tone group than on another, beyond chance: one finding per attribute and group, against
 * every group that does better.
 */
export function toneFindings(reader: ReaderFacts): readonly ToneFinding[] {
  const measured = reader.measured;
  const worse = measured?.toneGroups?.worse ?? [];
  if (!measured) return [];
  const keys = [...new Set(worse.map((one) => `${one.what}/${one.worse}`))];
  return keys.map((key) => {
    const own = worse.filter((one) => `${one.what}/${one.worse}` === key);
    const { what, worse: group } = own[0]!;
    const others = own.map(({ better, p }) => {
      const { share, n } = rightOf(measured, what, better);
      return `${share} on ${toneName(reader, better)} (n = ${n}, p ${shortP(p)})`;
    });
    const { share, n } = rightOf(measured, what, group);
    const verb = what === 'heads' ? 'fewer heads are found' : 'it is right less often';
    return {
      what,
      sentence: `On ${toneName(reader, group)} skin ${verb}: ${share} (n = ${n}), against ${others.join(' and ')}.`,
    };
  });
}

/** What all findings rest on, in one sentence. */
export function toneTestSentence({ toneGroups }: ReaderMeasured): string {
  if (!toneGroups) return '';
  return `${toneGroups.test}, ${toneGroups.comparisons} comparisons of two tone groups.`;
}

/** "dark" for "Dark (Monk 8-10)". */
export function toneName(reader: ReaderFacts, group: string): string {
  const title = reader.attributes
    .find(({ id }) => id === 'tone')
    ?.values.find(({ id }) => id === group)?.title;
  return (title ?? group).replace(/ \(.*\)$/, '').toLowerCase();
}

/** "98.6 %" of "1,217". */
function rightOf(measured: ReaderMeasured, what: string, group: string): { share: string; n: string } {
  const found = what === 'heads' ? measured.heads?.byToneGroup[group] : undefined;
  const quality = measured.attributes[what]?.byToneGroup[group];
  const share = found ? found.found / found.n : (quality?.accuracy ?? Number.NaN);
  return { share: finePercent(share), n: (found?.n ?? quality?.n ?? 0).toLocaleString('en') };
}

/** Two significant digits; nobody needs more, and less than one in ten thousand is said as that. */
const shortP = (p: number): string => (p < 1e-4 ? '< 0.0001' : `= ${Number(p.toPrecision(2))}`);
