import { createStore } from 'zustand/vanilla';
import type { ErrorReport } from '../core/errors';

/** One message to the user. A `toast` goes by itself; a `banner` stays until it is closed. */
export interface Notice {
  readonly id: number;
  readonly place: 'toast' | 'banner';
  readonly tone: 'plain' | 'warning' | 'error';
  readonly text: string;
  readonly next?: string;
  readonly detail?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Called when the notice goes without its action being taken. */
  readonly onExpire?: () => void;
}

export const TOAST_MS = 8000;

export interface NoticeState {
  readonly notices: readonly Notice[];
  show(notice: Omit<Notice, 'id'>): number;
  /** An error as a banner; the same message is not shown twice. */
  report(error: ErrorReport, tone?: Notice['tone']): void;
  /** Closes a notice; `acted` when its action was taken. */
  close(id: number, acted?: boolean): void;
}

export type NoticeStore = ReturnType<typeof createNoticeStore>;

export function createNoticeStore() {
  let next = 1;
  return createStore<NoticeState>()((set, get) => ({
    notices: [],
    show: (notice) => {
      const id = next++;
      set(({ notices }) => ({ notices: [...notices, { ...notice, id }] }));
      return id;
    },
    report: ({ message, nextStep, detail }, tone = 'error') => {
      if (get().notices.some((notice) => notice.text === message)) return;
      get().show({ place: 'banner', tone, text: message, next: nextStep, ...(detail ? { detail } : {}) });
    },
    close: (id, acted = false) => {
      const notice = get().notices.find((candidate) => candidate.id === id);
      set(({ notices }) => ({ notices: notices.filter((candidate) => candidate.id !== id) }));
      if (notice && !acted) notice.onExpire?.();
    },
  }));
}
