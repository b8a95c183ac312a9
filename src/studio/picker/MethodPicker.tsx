import { Modal, TextInput, UnstyledButton } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { ActsOn, MethodSpec } from '../../../workers/methods/method';
import { plural } from '../../ui/format';
import { METHODS } from '../methods';
import { MethodCard } from './MethodCard';
import classes from './MethodPicker.module.css';
import { Pictogram } from './Pictogram';
import { bestMatch, groupByPlace, searchMethods } from './search';

/** Every method there is, by where it takes hold on the way from prompt to picture. */
export function MethodPicker({
  opened,
  onClose,
  onPick,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onPick: (spec: MethodSpec) => void;
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
      <Content onPick={onPick} />
    </Modal>
  );
}

function Content({ onPick }: { readonly onPick: (spec: MethodSpec) => void }) {
  const [query, setQuery] = useState('');
  const [place, setPlace] = useState<ActsOn | 'all'>('all');
  const list = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
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
          <Pictogram acts={place === 'all' ? undefined : place} labels />
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
          <Places place={place} found={found} onChange={setPlace} />
        </div>
      </div>
      <p className={classes.count} role="status">
        {shown.length === 0
          ? 'No method fits this search. Try an author’s name, or a place such as “latent”.'
          : query.trim() !== '' &&
            `${plural(found.length, 'method')} of ${METHODS.length}. Enter adds ${best?.title}.`}
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
      </div>
    </div>
  );
}

/** One press shows only the methods of one place, and lights that place up in the drawing. */
function Places({
  place,
  found,
  onChange,
}: {
  readonly place: ActsOn | 'all';
  readonly found: readonly MethodSpec[];
  readonly onChange: (place: ActsOn | 'all') => void;
}) {
  const places = groupByPlace(METHODS).flatMap(({ acts, title }) => (acts ? [{ acts, title }] : []));
  const choices: { value: ActsOn | 'all'; title: string; count: number }[] = [
    { value: 'all', title: 'All', count: found.length },
    ...places.map(({ acts, title }) => ({
      value: acts,
      title,
      count: found.filter((spec) => spec.acts === acts).length,
    })),
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
