import { Button, CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { useStudio } from '../studio/StudioContext';
import { Icon } from '../ui/icons';
import classes from './Notices.module.css';
import { type Notice, TOAST_MS } from './noticeStore';

/** What stays until it is closed: storage, links, failed runs. */
export function Banners() {
  const { notices } = useStudio();
  const banners = useStore(notices, (state) => state.notices).filter(({ place }) => place === 'banner');
  if (banners.length === 0) return null;
  return (
    <div className={classes.banners}>
      {banners.map((notice) => (
        <div
          key={notice.id}
          className={classes.banner}
          data-tone={notice.tone}
          role="alert"
          data-testid="banner"
        >
          <Icon name="warning" />
          <div className={classes.text}>
            <strong>{notice.text}</strong>
            {notice.next && <span> {notice.next}</span>}
            {notice.detail && (
              <details>
                <summary>Detail for a report</summary>
                <code>{notice.detail}</code>
              </details>
            )}
          </div>
          <CloseButton
            aria-label="Close this message"
            onClick={() => notices.getState().close(notice.id)}
            size="sm"
          />
        </div>
      ))}
    </div>
  );
}

/** What goes by itself, with an undo where something was taken away. */
export function Toasts() {
  const { notices } = useStudio();
  const toasts = useStore(notices, (state) => state.notices).filter(({ place }) => place === 'toast');
  return (
    <div className={classes.toasts} role="status" aria-live="polite">
      {toasts.map((notice) => (
        <Toast key={notice.id} notice={notice} close={notices.getState().close} />
      ))}
    </div>
  );
}

function Toast({
  notice,
  close,
}: {
  readonly notice: Notice;
  readonly close: (id: number, acted?: boolean) => void;
}) {
  useEffect(() => {
    const timer = setTimeout(() => close(notice.id), TOAST_MS);
    return () => clearTimeout(timer);
  }, [notice.id, close]);
  return (
    <div className={classes.toast} data-testid="toast">
      <span>{notice.text}</span>
      {notice.action && (
        <Button
          size="compact-sm"
          variant="subtle"
          onClick={() => {
            notice.action?.run();
            close(notice.id, true);
          }}
        >
          {notice.action.label}
        </Button>
      )}
      <CloseButton size="sm" aria-label="Close this message" onClick={() => close(notice.id)} />
    </div>
  );
}
