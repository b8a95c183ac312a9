import type { DeltaSize } from '../../../workers/deltas/apply';
import type { DeltaInfo } from '../../../workers/protocol';
import { plural } from '../../ui/format';

const PARTS = { unet: 'UNet', text_encoder: 'text encoder', embeddings: 'new words' } as const;

/** "UNet and new words, rank 8". Empty for a file without a card. */
export function partsText(card: DeltaInfo['card']): string {
  if (!card) return '';
  const parts = card.parts.map((part) => PARTS[part]).join(' and ');
  const capital = parts.charAt(0).toUpperCase() + parts.slice(1);
  return card.rank === null ? capital : `${capital}, rank ${card.rank}`;
}

/** A share of a weight's size with two significant digits: "3.1 %", "0.02 %". */
const part = (of: number): string => `${Number((100 * of).toPrecision(2))} %`;

/** What a variant changes in one graph and what is lost on the way, as sentences. */
export function sizeText(path: string, { weights, change, rounding, storing }: DeltaSize): string {
  if (weights === 0) return `${path}: no weight is changed, words are added.`;
  const lost =
    rounding === 0
      ? 'The file has its weights unrounded.'
      : `The file itself is rounded by ${part(rounding)} (int8), with or without the variant: ${part(rounding / change)} of the change.`;
  const kept = storing === 0 ? 'Nothing is lost in adding.' : `Adding loses ${part(storing)} more.`;
  return `${path}: ${plural(weights, 'weight')} changed by ${part(change)} of their size. ${lost} ${kept}`;
}
