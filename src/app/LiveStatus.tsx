import { VisuallyHidden } from '@mantine/core';
import { useEffect, useState } from 'react';
import { countImages } from '../studio/run/runStore';
import { useStudio } from '../studio/StudioContext';
import { plural } from '../ui/format';

/** Often enough to follow, seldom enough to let somebody read something else. */
const EVERY_MS = 10_000;

/** Tells screen readers how a run goes: its beginning, now and then its progress, and its end. */
export function LiveStatus() {
  const { run } = useStudio();
  const [text, setText] = useState('');
  useEffect(() => {
    let last = 0;
    let before = run.getState().status;
    return run.subscribe((state) => {
      const { made, asked } = countImages(state);
      const now = Date.now();
      if (state.status !== before) {
        before = state.status;
        last = now;
        setText(
          state.status === 'running'
            ? `Drawing ${plural(asked, 'image')}.`
            : `${END[state.status]} ${plural(made, 'image')} of ${asked}.`,
        );
      } else if (state.status === 'running' && now - last > EVERY_MS) {
        last = now;
        setText(`${made} of ${plural(asked, 'image')} drawn.`);
      }
    });
  }, [run]);
  return (
    <VisuallyHidden>
      <div role="status" aria-live="polite" data-testid="live-status">
        {text}
      </div>
    </VisuallyHidden>
  );
}

const END = { done: 'Finished.', cancelled: 'Cancelled.', failed: 'Failed.' } as const;
