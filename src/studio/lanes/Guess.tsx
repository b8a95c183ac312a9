import { Button, NativeSelect, Slider } from '@mantine/core';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../../workers/protocol';
import { percent } from '../../ui/format';
import { viewStore } from '../viewStore';
import classes from './Guess.module.css';

/** Before the first picture: what do you expect? The guess stays on the charts beside what is counted. */
export function Guess({ attribute }: { readonly attribute: AttributeInfo }) {
  const guess = useStore(viewStore, (state) => state.guess);
  const { setGuess } = viewStore.getState();
  const mine = guess?.attribute === attribute.id ? guess : null;
  const value = mine?.value ?? attribute.values[0]?.id ?? '';
  return (
    <section className={classes.guess} aria-label="Guess first" data-testid="guess">
      <div className={classes.question}>
        <p>
          <b>Guess first.</b> Of the people the base model draws, how many will be read as
        </p>
        <NativeSelect
          size="xs"
          aria-label="Value to guess"
          value={value}
          data={attribute.values.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(event) =>
            setGuess({ attribute: attribute.id, value: event.currentTarget.value, share: mine?.share ?? 0.5 })
          }
        />
      </div>
      <div className={classes.answer}>
        <Slider
          className={classes.slider ?? ''}
          label={null}
          value={Math.round((mine?.share ?? 0.5) * 100)}
          onChange={(share) => setGuess({ attribute: attribute.id, value, share: share / 100 })}
          thumbLabel="Guessed share, percent"
        />
        <output className={`${classes.share} tabular`}>{mine ? percent(mine.share) : '?'}</output>
        {mine && (
          <Button variant="subtle" color="gray" size="compact-xs" onClick={() => setGuess(null)}>
            Clear
          </Button>
        )}
      </div>
    </section>
  );
}
