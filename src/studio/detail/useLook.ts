import { useState } from 'react';
import type { LayerChoice } from './attention';

/** What of a step-by-step view is looked at; the same for all pictures on the stage. */
export function useLook() {
  /** A step, or null for the finished picture. */
  const [at, setAt] = useState<number | null>(null);
  /** By its name, see tokenNames. */
  const [token, setToken] = useState<string | null>(null);
  const [layer, setLayer] = useState<LayerChoice>('all');
  return { at, setAt, token, setToken, layer, setLayer };
}

export type Look = ReturnType<typeof useLook>;
