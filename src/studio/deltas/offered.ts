import type { DeltaInfo, LaneDelta, ModelInfo } from '../../../workers/protocol';
import { EvenhandError, reportOf } from '../../core/errors';
import type { KeptDelta } from './deltaStore';

type OfModel = Pick<ModelInfo, 'deltas' | 'hash' | 'title'>;

/** Every trained variant that a lane can name here: the model's own, then those that were brought. */
export function offeredDeltas(
  model: OfModel | null,
  kept: readonly KeptDelta[] | null,
): readonly DeltaInfo[] {
  return [...(model?.deltas ?? []), ...(kept ?? []).map((one) => infoOf(one, model))];
}

function infoOf(
  { id, name, card, tokens, drawsWith, bytes, model: own }: KeptDelta,
  model: OfModel | null,
): DeltaInfo {
  const elsewhere = model !== null && own.hash !== model.hash;
  return {
    ...{ id, name, card, tokens, drawsWith, bytes, hash: id },
    problem: elsewhere
      ? reportOf(
          new EvenhandError(
            'model-unsupported',
            `“${name}” was imported for another model (${own.title}, ${own.hash.slice(0, 8)}).`,
            'Import its file again to see whether it fits this one.',
          ),
        )
      : null,
  };
}

/** "DDM, alpha 0.05" at full strength, "DDM, alpha 0.05 at 0.5" below. */
export function deltaLabel({ id, strength }: LaneDelta, offered: readonly DeltaInfo[]): string {
  const name = offered.find((info) => info.id === id)?.name ?? id;
  return strength === 1 ? name : `${name} at ${Number(strength.toFixed(2))}`;
}
