import { useStudio } from '../../studio/StudioContext';
import type { Studio } from '../../studio/session';
import type { BroughtStore } from './broughtStore';
import { broughtModelsOf } from './studioHost';

const stores = new WeakMap<Studio, BroughtStore>();

/** The brought models of a studio: one store for each. */
export function broughtOf(studio: Studio): BroughtStore {
  const known = stores.get(studio);
  if (known) return known;
  const store = broughtModelsOf(studio);
  stores.set(studio, store);
  return store;
}

export const useBrought = (): BroughtStore => broughtOf(useStudio());
