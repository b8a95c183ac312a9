import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../../workers/protocol';
import { plural, when } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useModel, useSettings, useStudio } from '../StudioContext';
import { parseSeeds } from '../seeds';
import { Guess } from './Guess';
import classes from './RunCaption.module.css';

/** What happens on a press of Generate, and the way back to the run before this visit. */
export function Intro({ attribute }: { readonly attribute: AttributeInfo | undefined }) {
  const studio = useStudio();
  const last = useStore(studio.history, (state) => state.runs?.[0]);
  return (
    <div className={classes.opening}>
      <div className={classes.intro}>
        {studio.fromLink ? <FromLink /> : <WhatThisIs />}
        {last && (
          <Button
            variant="subtle"
            size="compact-md"
            leftSection={<Icon name="clock" />}
            className={classes.last ?? ''}
            onClick={() => void studio.openRun(last.id)}
            data-testid="open-last-run"
          >
            Open your last run, “{last.request.prompt}”, {when(last.createdAt)}
          </Button>
        )}
      </div>
      {attribute ? <Guess attribute={attribute} /> : <div className={classes.waiting} />}
    </div>
  );
}

function WhatThisIs() {
  return (
    <>
      <h1>Same prompt, same seeds, one lane per method.</h1>
      <p>
        Each lane draws from the same noise with its own method. The charts count who appears, as read by a
        classifier from the pictures, with the uncertainty that so few pictures leave.
      </p>
    </>
  );
}

/** A link brings settings and no pictures: they are drawn here, and come out the same. */
function FromLink() {
  const studio = useStudio();
  const { seeds, count, lanes } = useSettings((state) => state);
  const ready = useModel() !== null;
  const plan = parseSeeds(seeds, count);
  return (
    <>
      <h1>This link is ready to run.</h1>
      <p>
        It draws {plan.ok ? plural(plan.seeds.length, 'image') : 'images'} in{' '}
        {lanes.length === 1 ? 'one lane' : `each of ${lanes.length} lanes`}. On the same model and backend
        they come out pixel for pixel as its author saw them.
      </p>
      <Button
        variant="light"
        mt="sm"
        disabled={!ready || !plan.ok}
        onClick={() => void studio.generate()}
        data-testid="run-link"
      >
        Run this
      </Button>
    </>
  );
}
