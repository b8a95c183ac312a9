import type { Projector } from '../../../workers/projector/types';
import type { Kept } from '../keep/keep';

/** What is known of a kept projector without opening its file. */
export interface KeptProjector extends Kept, Pick<Projector, 'source' | 'model' | 'training'> {
  readonly groups: readonly Pick<Projector['groups'][number], 'id' | 'title' | 'separation'>[];
  /** Of its file. */
  readonly bytes: number;
}

export function factsOf(projector: Projector, file: Uint8Array): KeptProjector {
  const { id, name, source, createdAt, model, training } = projector;
  const groups = projector.groups.map((group) => ({
    id: group.id,
    title: group.title,
    ...(group.separation && { separation: group.separation }),
  }));
  return { id, name, source, createdAt, model, training, groups, bytes: file.length };
}
