import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { duration, percent } from '../../ui/format';
import { Icon } from '../../ui/icons';
import type { ReplayAnswer } from '../replay';
import { useModel, useRun, useStudio } from '../StudioContext';
import classes from './Replay.module.css';

/** Draws this one image again from its own metadata and says whether the pixels are the same. */
export function Replay({ laneId, index }: { readonly laneId: string; readonly index: number }) {
  const studio = useStudio();
  const model = useModel();
  const hash = useRun((state) => state.header?.model.hash);
  const running = useRun((state) => state.status === 'running');
  const [share, setShare] = useState<number | null>(null);
  const [answer, setAnswer] = useState<ReplayAnswer | null>(null);
  useEffect(() => () => studio.cancelRedrawing(), [studio]);
  const otherModel = model !== null && hash !== undefined && model.hash !== hash;
  const replay = async () => {
    setAnswer(null);
    setShare(0);
    const result = await studio.replay(laneId, index, setShare);
    setShare(null);
    setAnswer(result);
  };
  return (
    <>
      <Button
        variant="default"
        leftSection={<Icon name="replay" />}
        onClick={() => void replay()}
        loading={share !== null}
        disabled={running || model === null || otherModel}
        data-testid="replay"
      >
        Replay
      </Button>
      <p className={classes.result} role="status" data-testid="replay-result" data-answer={answer?.type}>
        {share !== null && `Drawing it again, ${percent(share)}`}
        {otherModel && 'Drawn with another version of the model, so it cannot be replayed here.'}
        {answer && <Answer answer={answer} />}
      </p>
    </>
  );
}

function Answer({ answer }: { readonly answer: ReplayAnswer }) {
  switch (answer.type) {
    case 'compared':
      return answer.differing === 0 ? (
        <span className={classes.same}>
          <Icon name="check" size={16} /> Identical: all {answer.pixels.toLocaleString('en')} pixels, drawn
          again in {duration(answer.milliseconds)}.
        </span>
      ) : (
        <span>
          Not identical: {answer.differing.toLocaleString('en')} of {answer.pixels.toLocaleString('en')}{' '}
          pixels differ, by at most {answer.largest} of 255. Another backend or device rounds differently.
        </span>
      );
    case 'cancelled':
      return <span>Stopped.</span>;
    case 'failed':
      return (
        <span>
          {answer.error.message} {answer.error.nextStep}
        </span>
      );
  }
}
