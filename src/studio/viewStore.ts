import { createStore } from 'zustand/vanilla';

/** A share somebody expected before the pictures were there. */
export interface Guess {
  readonly attribute: string;
  readonly value: string;
  /** 0..1 */
  readonly share: number;
}

/** What the lanes are compared by: bias alone, or bias against change of the pictures. */
export type ComparisonView = 'bias' | 'tradeoff';

/** What is looked at right now: not part of a link, gone with the tab. */
export interface ViewState {
  /** Image in the dialog. */
  readonly open: { readonly laneId: string; readonly index: number } | null;
  /** Position whose images are lit up in all lanes, under the pointer or the focus. */
  readonly lit: number | null;
  readonly guess: Guess | null;
  readonly comparison: ComparisonView;
  show(laneId: string, index: number): void;
  close(): void;
  light(index: number | null): void;
  setGuess(guess: Guess | null): void;
  compareBy(view: ComparisonView): void;
}

export const viewStore = createStore<ViewState>()((set) => ({
  open: null,
  lit: null,
  guess: null,
  comparison: 'bias',
  show: (laneId, index) => set({ open: { laneId, index } }),
  close: () => set({ open: null }),
  light: (lit) => set({ lit }),
  setGuess: (guess) => set({ guess }),
  compareBy: (comparison) => set({ comparison }),
}));
