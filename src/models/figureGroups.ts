import type { VariantInfo } from '../../workers/protocol';
import type { Figure } from './modelFacts';

/** The figures of the full model, or of one of its variants, without the variant's name before each. */
export interface FigureGroup {
  /** null for the full model. */
  readonly variant: VariantInfo | null;
  /** Those with a target, in the order of the file. */
  readonly held: readonly Figure[];
  readonly others: readonly Figure[];
}

/** Figures of a variant are called "fast: …" and "fast, worse than the full model by: …" (bench/evalModel.ts). */
export function figureGroups(
  figures: readonly Figure[],
  variants: readonly VariantInfo[],
): readonly FigureGroup[] {
  const ownerOf = ({ name }: Figure) =>
    variants.find(({ id }) => name.startsWith(`${id}: `) || name.startsWith(`${id}, `)) ?? null;
  return [null, ...variants].flatMap((variant) => {
    const own = figures
      .filter((figure) => ownerOf(figure) === variant)
      .map((figure) => (variant ? { ...figure, name: figure.name.slice(variant.id.length + 2) } : figure));
    if (own.length === 0) return [];
    return [{ variant, held: own.filter(isHeld), others: own.filter((figure) => !isHeld(figure)) }];
  });
}

const isHeld = ({ target }: Figure): boolean => target !== null;

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

/** "met", or by how much it is missed. */
export function figureVerdict({ value, target, ok }: Figure): string {
  if (ok) return 'met';
  return value === null || target === null
    ? 'not measured'
    : `missed, ${figureNumber(Math.abs(value - target))} off`;
}
