import type { StoreApi } from 'zustand';

/** Milliseconds between two drawings of a chart: often enough to watch it settle, seldom enough to leave the CPU to the model. */
export const CHART_PACE_MS = 250;

type Subscribe = (changed: () => void) => () => void;

const pacers = new WeakMap<object, Map<number, Subscribe>>();

/**
 * A subscription that tells its listeners of changes at most once a frame, and not more often than every `ms`. All
 * listeners of a store and pace share one timer, so a thousand pictures cost one frame callback and not a thousand.
 */
export function paced<S>(store: StoreApi<S>, ms: number): Subscribe {
  const ofStore = pacers.get(store) ?? new Map<number, Subscribe>();
  pacers.set(store, ofStore);
  const known = ofStore.get(ms);
  if (known) return known;
  const subscribe = createPacer(store, ms);
  ofStore.set(ms, subscribe);
  return subscribe;
}

function createPacer<S>(store: StoreApi<S>, ms: number): Subscribe {
  const listeners = new Set<() => void>();
  let unsubscribe: (() => void) | null = null;
  let waiting = false;
  let last = Number.NEGATIVE_INFINITY;
  const tell = () => {
    waiting = false;
    last = performance.now();
    for (const listener of listeners) listener();
  };
  const changed = () => {
    if (waiting) return;
    waiting = true;
    const rest = last + ms - performance.now();
    if (rest <= 0) requestAnimationFrame(tell);
    else setTimeout(() => requestAnimationFrame(tell), rest);
  };
  return (listener) => {
    listeners.add(listener);
    unsubscribe ??= store.subscribe(changed);
    return () => {
      listeners.delete(listener);
      if (listeners.size > 0) return;
      unsubscribe?.();
      unsubscribe = null;
    };
  };
}
