import { createStore } from 'zustand/vanilla';
import type { AuditProgress, AuditReport } from '../../../workers/audit/types';

/** An audit under way, as the page shows it. */
export interface Audit {
  readonly laneId: string;
  readonly attribute: string;
  /** Absent until the engine has begun. */
  readonly progress: AuditProgress | null;
  readonly cancelling: boolean;
}

/** How the last audit of a lane ended. */
export interface EndedAudit {
  readonly attribute: string;
  readonly prompt: string;
  readonly report: AuditReport;
}

export interface AuditState {
  readonly audit: Audit | null;
  /** By lane. */
  readonly ended: Readonly<Record<string, EndedAudit>>;
  begin(laneId: string, attribute: string): void;
  progress(progress: AuditProgress): void;
  setCancelling(): void;
  /** @param result absent for an audit that was stopped or failed. */
  end(result?: EndedAudit): void;
}

export type AuditStore = ReturnType<typeof createAuditStore>;

export function createAuditStore() {
  return createStore<AuditState>((set) => ({
    audit: null,
    ended: {},
    begin: (laneId, attribute) => set({ audit: { laneId, attribute, progress: null, cancelling: false } }),
    progress: (progress) => set(({ audit }) => ({ audit: audit && { ...audit, progress } })),
    setCancelling: () => set(({ audit }) => ({ audit: audit && { ...audit, cancelling: true } })),
    end: (result) =>
      set(({ audit, ended }) => ({
        audit: null,
        ended: audit && result ? { ...ended, [audit.laneId]: result } : ended,
      })),
  }));
}
