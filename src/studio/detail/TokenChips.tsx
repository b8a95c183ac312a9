import { NativeSelect } from '@mantine/core';
import type { CSSProperties } from 'react';
import type { InspectedImage, InspectedStep } from '../../../workers/inspect/types';
import { finePercent } from '../../ui/format';
import { heatOf, type LayerChoice, layerTitles, tokenNames } from './attention';
import classes from './TokenChips.module.css';

/** The words of the prompt, each with how much of the attention it gets; a press shows where in the picture. */
export function TokenChips({
  image,
  step,
  token,
  layer,
  onToken,
  onLayer,
}: {
  readonly image: InspectedImage;
  readonly step: InspectedStep;
  /** By its name; null for none. */
  readonly token: string | null;
  readonly layer: LayerChoice;
  readonly onToken: (token: string | null) => void;
  readonly onLayer: (layer: LayerChoice) => void;
}) {
  const tokens = image.tokens[step.prompt] ?? [];
  const shares = tokens.map((one) => heatOf(image, step, one, layer)?.share ?? 0);
  const names = tokenNames(tokens);
  const chosen = token === null ? -1 : names.indexOf(token);
  // The start token takes most of it and says least, so that words are measured against each other.
  const most = Math.max(1e-9, ...shares.filter((_, i) => tokens[i]?.kind === 'word'));
  return (
    <div className={classes.attention}>
      <div className={classes.head}>
        <span>Where the picture looks at each word</span>
        <NativeSelect
          size="xs"
          aria-label="Layer"
          value={String(layer)}
          onChange={({ currentTarget: { value } }) => onLayer(value === 'all' ? value : Number(value))}
          data={[
            { value: 'all', label: 'mean of all layers' },
            ...layerTitles(image.layers).map((title, at) => ({ value: String(at), label: title })),
          ]}
          data-testid="layer-select"
        />
      </div>
      <fieldset className={classes.chips} aria-label="Words of the prompt">
        {tokens.map(({ kind, text }, i) => (
          <button
            key={names[i]}
            type="button"
            className={classes.chip}
            data-kind={kind}
            aria-pressed={chosen === i}
            title={`${finePercent(shares[i]!)} of the attention here`}
            onClick={() => onToken(chosen === i ? null : names[i]!)}
            data-testid={`token-${i}`}
          >
            <span>{kind === 'word' ? text : `‹${text}›`}</span>
            <i style={{ '--share': Math.min(1, shares[i]! / most) } as CSSProperties} />
          </button>
        ))}
      </fieldset>
      <p className={classes.note}>
        {chosen < 0 ? (
          'Bars: a word’s part of all attention at this step, against the other words. Press a word to see where.'
        ) : (
          <>
            “{tokens[chosen]?.text}” gets {finePercent(shares[chosen] ?? 0)} of the attention. Bright: the
            places that look at it most, each picture by its own largest value.
          </>
        )}
      </p>
    </div>
  );
}
