import type { VariantInfo } from '../../workers/protocol';
import type { Figure } from './modelFacts';

/** One figure of the full model, with the same figure of its variants beside it. */
export interface FigureRow {
  readonly name: string;
  /** null where only a variant was measured. */
  readonly full: Figure | null;
  /** In the order of the variants that were given. */
  readonly variants: readonly VariantFigure[];
}

export interface VariantFigure {
  readonly own: Figure | null;
  /** How much worse it is than the full model, held to how much it may be. */
  readonly worse: Figure | null;
}

/** A sign and the words for it: whether a promise is kept. */
export interface Verdict {
  readonly ok: boolean;
  readonly text: string;
}

/** Every figure once, in the order of the file. Of a variant they are called as bench/evalModel.ts names them. */
export function figureRows(
  figures: readonly Figure[],
  variants: readonly VariantInfo[],
): readonly FigureRow[] {
  const byName = new Map(figures.map((figure) => [figure.name, figure]));
  const ownName = ({ id }: VariantInfo, name: string) => `${id}: ${name}`;
  const worseName = ({ id }: VariantInfo, name: string) => `${id}, worse than the full model by: ${name}`;
  const bare = (name: string) =>
    variants.reduce(
      (rest, variant) => [worseName(variant, ''), ownName(variant, '')].reduce(withoutStart, rest),
      name,
    );
  return [...new Set(figures.map(({ name }) => bare(name)))].map((name) => ({
    name,
    full: byName.get(name) ?? null,
    variants: variants.map((variant) => ({
      own: byName.get(ownName(variant, name)) ?? null,
      worse: byName.get(worseName(variant, name)) ?? null,
    })),
  }));
}

const withoutStart = (name: string, start: string): string =>
  name.startsWith(start) ? name.slice(start.length) : name;

/** The bound of a row's promise; null where there is none. */
export function targetOf({ full, variants }: FigureRow): number | null {
  return full?.target ?? variants.find(({ own }) => own?.target != null)?.own?.target ?? null;
}

/** Of a figure by itself: met, or how far off. null where nothing was promised. */
export function verdictOf({ value, target, ok }: Figure): Verdict | null {
  if (target === null) return null;
  if (ok) return { ok, text: 'met' };
  return { ok, text: value === null ? 'not measured' : `${figureNumber(Math.abs(value - target))} off` };
}

/** Of a variant: how it keeps up with the full model, and where that was not compared, its own promise. */
export function variantVerdict({ own, worse }: VariantFigure): Verdict | null {
  if (!worse) return own && verdictOf(own);
  return { ok: worse.ok, text: worse.ok ? 'keeps up' : `${figureNumber(worse.value)} worse` };
}

/** Three significant digits, as shares, seconds and decibels all want: 0.985, 32.1, 1,240. */
export function figureNumber(value: number | null): string {
  if (value === null) return '–';
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 9 });
}

/** "n = 1,240, 0.4 to 0.45". An interval of no width says nothing. */
export function figureSpread({ n, interval }: Figure): string {
  const [low, high] = interval ?? [null, null];
  const spread =
    low === null || high === null || low === high ? '' : `, ${figureNumber(low)} to ${figureNumber(high)}`;
  return `n = ${n.toLocaleString('en')}${spread}`;
}
