import { Modal, TextInput, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { ActsOn, MethodSpec } from '../../../workers/methods/method';
import type { DeltaInfo } from '../../../workers/protocol';
import { plural } from '../../ui/format';
import { DeltaCard } from '../deltas/DeltaCard';
import { ImportDelta } from '../deltas/ImportDelta';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { METHODS } from '../methods';
import { useStudio } from '../StudioContext';
import { MethodCard } from './MethodCard';
import classes from './MethodPicker.module.css';
import { Pictogram } from './Pictogram';
import { bestMatch, groupByPlace, searchMethods, searchVariants } from './search';

/** Every method there is, by where it takes hold on the way from prompt to picture. */
export function MethodPicker({
  opened,
  onClose,
  onPick,
  onPickVariant,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (spec: MethodSpec) => void;
  readonly onPickVariant: (variant: DeltaInfo) => void;
}) {
  const phone = useMediaQuery('(max-width: 760px)') ?? false;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="min(1080px, 94vw)"
      fullScreen={phone}
      padding={phone ? 'sm' : 'lg'}
      title={<span className={classes.title}>Add a lane</span>}
      closeButtonProps={{ 'aria-label': 'Close the methods' }}
      data-testid="method-picker"
    >
      <Content onPick={onPick} onPickVariant={onPickVariant} />
    </Modal>
  );
}

function Content({
  onPick,
  onPickVariant,
}: {
  readonly onPick: (spec: MethodSpec) => void;
  readonly onPickVariant: (variant: DeltaInfo) => void;
}) {
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState<Place>('all');
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const offered = useOfferedDeltas() ?? [];
  const variants = searchVariants(query, offered);
  const variantsShown = place === 'all' || place === 'trained';
  const found = searchMethods(query, METHODS);
  const groups = groupByPlace(found);
  const shown = place === 'all' ? groups : groups.filter(({ acts }) => acts === place);
  const best = bestMatch(
    query,
    shown.flatMap(({ methods }) => methods),
  );

  const buttons = () => [...(list.current?.querySelectorAll<HTMLButtonElement>('[data-method]') ?? [])];
  const walk = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const all = buttons();
    const at = all.findIndex((button) => button.matches(':focus'));
    const next = at + (event.key === 'ArrowDown' ? 1 : -1);
    event.preventDefault();
    if (next < 0) search.current?.focus();
    else all[Math.min(next, all.length - 1)]?.focus();
  };

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the arrows are an extra; every card is in the tab order
    <div className={classes.picker} onKeyDown={walk}>
      <div className={classes.lead}>
        <div className={classes.map}>
          <Pictogram acts={place === 'all' ? undefined : place === 'trained' ? 'weights' : place} labels />
        </div>
        <div className={classes.find}>
          <p className={classes.intro}>
            A lane draws the same seeds with one method. Methods differ in where they take hold on the way
            from prompt to picture; what comes before that place stays as it is.
          </p>
          <TextInput
            ref={search}
            data-autofocus
            value={query}
            onChange={(event) => setQuery(event.currentTarget.value)}
            onKeyDown={(event) => event.key === 'Enter' && query.trim() !== '' && best && onPick(best)}
            placeholder="Search by name, author, or what it does"
            aria-label="Search the methods"
            data-testid="method-search"
          />
          <Places place={place} found={found} variants={variants.length} onChange={setPlace} />
        </div>
      </div>
      <p className={classes.count} role="status">
        {shown.length === 0 && (!variantsShown || variants.length === 0)
          ? 'No method fits this search. Try an author’s name, or a place such as “latent”.'
          : query.trim() !== '' &&
            `${plural(found.length, 'method')} of ${METHODS.length}.${best ? ` Enter adds ${best.title}.` : ''}`}
      </p>
      <div ref={list} className={classes.groups}>
        {shown.map((group) => (
          <section key={group.title} aria-labelledby={`place-${group.title}`}>
            <h3 id={`place-${group.title}`} className={classes.group}>
              {group.title} <span>{group.says}</span>
            </h3>
            <ul className={classes.cards}>
              {group.methods.map((spec) => (
                <MethodCard key={spec.id} spec={spec} onPick={() => onPick(spec)} />
              ))}
            </ul>
          </section>
        ))}
        {variantsShown && <Variants variants={variants} all={offered.length} onPick={onPickVariant} />}
      </div>
    </div>
  );
}

/** What training left behind: the model's own, and files that were brought. */
function Variants({
  variants,
  all,
  onPick,
}: {
  readonly variants: readonly DeltaInfo[];
  readonly all: number;
  readonly onPick: (variant: DeltaInfo) => void;
}) {
  const { deltas } = useStudio();
  const kept = useStore(deltas, (state) => state.kept) ?? [];
  const isKept = ({ id }: DeltaInfo) => kept.some((one) => one.id === id);
  if (variants.length === 0 && all > 0) return null;
  return (
    <section aria-labelledby="place-trained">
      <h3 id="place-trained" className={classes.group}>
        Trained variants{' '}
        <span>The same model with a small file added to its weights, 0 to 100 percent of it.</span>
      </h3>
      <ul className={classes.cards}>
        {variants.map((info) => (
          <DeltaCard
            key={info.id}
            info={info}
            onPick={() => onPick(info)}
            onRemove={isKept(info) ? () => void deltas.getState().remove(info.id) : undefined}
          />
        ))}
      </ul>
      <div className={classes.import}>
        <ImportDelta />
        <span>
          LoRA or learned token, as safetensors in the names of diffusers, PEFT or kohya. It is held against
          the model before it is kept, and stays in this browser.
        </span>
      </div>
    </section>
  );
}

type Place = ActsOn | 'all' | 'trained';

/** One press shows only the methods of one place, and lights that place up in the drawing. */
function Places({
  place,
  found,
  variants,
  onChange,
}: {
  readonly place: Place;
  readonly found: readonly MethodSpec[];
  readonly variants: number;
  readonly onChange: (place: Place) => void;
}) {
  const places = groupByPlace(METHODS).flatMap(({ acts, title }) => (acts ? [{ acts, title }] : []));
  const choices: { value: Place; title: string; count: number }[] = [
    { value: 'all', title: 'All', count: found.length + variants },
    ...places.map(({ acts, title }) => ({
      value: acts,
      title,
      count: found.filter((spec) => spec.acts === acts).length,
    })),
    { value: 'trained', title: 'Trained', count: variants },
  ];
  return (
    <fieldset className={classes.places} aria-label="Show the methods that act on">
      {choices.map(({ value, title, count }) => (
        <UnstyledButton
          key={value}
          className={classes.place}
          aria-pressed={place === value}
          onClick={() => onChange(place === value ? 'all' : value)}
          data-testid={`place-${value}`}
        >
          {title} <small className="tabular">{count}</small>
        </UnstyledButton>
      ))}
    </fieldset>
  );
}
