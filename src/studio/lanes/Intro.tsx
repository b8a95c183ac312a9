import { Button } from '@mantine/core';
import { useStore } from 'zustand';
import type { AttributeInfo } from '../../../workers/protocol';
import { when } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { useStudio } from '../StudioContext';
import { Guess } from './Guess';
import classes from './RunCaption.module.css';

/** What happens on a press of Generate, and the way back to the run before this visit. */
export function Intro({ attribute }: { readonly attribute: AttributeInfo | undefined }) {
  const studio = useStudio();
  const last = useStore(studio.history, (state) => state.runs?.[0]);
  return (
    <div className={classes.opening}>
      <div className={classes.intro}>
        <h1>Same prompt, same seeds, one lane per method.</h1>
        <p>
          Each lane draws from the same noise with its own method. The charts count who appears, as read by a
          classifier from the pictures, with the uncertainty that so few pictures leave.
        </p>
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
      {attribute && <Guess attribute={attribute} />}
    </div>
  );
}
