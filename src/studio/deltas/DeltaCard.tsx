import { ActionIcon } from '@mantine/core';
import type { DeltaInfo } from '../../../workers/protocol';
import { bytes } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { WORDS } from '../../ui/words';
import cards from '../picker/MethodCard.module.css';
import { Pictogram } from '../picker/Pictogram';
import { useStudio } from '../StudioContext';
import { partsText } from './words';

/** One trained variant in the picker: what it does, how it was made, and how well it is founded. */
export function DeltaCard({
  info,
  onPick,
  onRemove,
}: {
  readonly info: DeltaInfo;
  readonly onPick: () => void;
  /** Of a file that was brought. */
  readonly onRemove: (() => void) | undefined;
}) {
  const { deltas } = useStudio();
  const { id, name, card, problem } = info;
  return (
    <li className={cards.card}>
      <div className={cards.drawing}>
        <Pictogram acts={!card || card.parts.includes('unet') ? 'weights' : 'text'} />
      </div>
      <div className={cards.text}>
        <div className={cards.head}>
          <button
            type="button"
            className={cards.pick}
            onClick={onPick}
            data-method={id}
            data-testid={`variant-${id}`}
            aria-describedby={`variant-${id}-says`}
          >
            {name}
          </button>
          {card && (
            <span
              className={cards.evidence}
              data-evidence={card.evidence}
              title={WORDS.evidence[card.evidence]}
            >
              {card.evidence}
            </span>
          )}
        </div>
        <p className={cards.summary} id={`variant-${id}-says`}>
          {card?.summary ?? 'A file of your own, without a card.'}
        </p>
        <p className={`${cards.facts} tabular`}>
          {[partsText(card), bytes(info.bytes), 'draws as fast as the model itself']
            .filter(Boolean)
            .join(', ')}
        </p>
        {problem && (
          <p className={cards.trouble}>
            {problem.message} {problem.nextStep}
          </p>
        )}
        <div className={cards.more}>
          <button type="button" className={cards.details} onClick={() => deltas.getState().show(id)}>
            <Icon name="info" size={13} /> Card
          </button>
          {onRemove && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={`Delete ${name}`}
              onClick={onRemove}
            >
              <Icon name="trash" size={15} />
            </ActionIcon>
          )}
        </div>
      </div>
    </li>
  );
}
