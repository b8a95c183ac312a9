import { autoencoder } from './autoencoder';
import { distribution } from './distribution';
import { files } from './files';
import { groups, pairs } from './groups';
import { neighbours } from './neighbours';
import { occupations } from './occupations';
import type { MakePart } from './part';
import { speed } from './speed';
import { heldOutWords, words } from './words';
import { yardstick } from './yardstick';

/** What the full model and each variant are measured by, and then compared by. */
export const DRAWN: Readonly<Record<string, MakePart>> = {
  occupations,
  words,
  'held-out': heldOutWords,
  counts: groups,
  pairs,
  distribution,
};

/** What each is measured by on its own. */
export const TIMED: Readonly<Record<string, MakePart>> = { speed };

/** What has nothing to do with a variant. */
export const ONCE: Readonly<Record<string, MakePart>> = { autoencoder, neighbours, yardstick, files };

export const PART_IDS: readonly string[] = [DRAWN, ONCE, TIMED].flatMap((parts) => Object.keys(parts));
