import type { Person, Presentation } from '../types';

/**
 * The four drawn cues of gender presentation, each 0 (feminine) to 1 (masculine).
 * They are jittered apart from each other so that no single cue decides; hair, earrings and facial hair are
 * separate arguments that the sampler chooses.
 */
export interface Cues {
  readonly jaw: number;
  readonly brow: number;
  readonly lash: number;
  readonly lip: number;
}

const CENTRE: Readonly<Record<Presentation, number>> = { woman: 0.08, androgynous: 0.5, man: 0.92 };

const clamp = (v: number): number => Math.min(1, Math.max(0, v));

export function cuesOf(person: Person): Cues {
  const centre = CENTRE[person.gender];
  const { jaw, brow, lash, lip } = person.jitter;
  return {
    jaw: clamp(centre + jaw),
    brow: clamp(centre + brow),
    lash: clamp(centre + lash),
    lip: clamp(centre + lip),
  };
}
