import type { RunRequest, Target } from '../../workers/protocol';
import type { DroppedSettings } from './image/metadata';
import { formatSeeds } from './seeds';
import type { Settings } from './settings';

/** The settings that would ask for this request again. */
export function settingsFromRequest(request: RunRequest): Partial<Settings> {
  return {
    prompt: request.prompt,
    count: request.seeds.length,
    seeds: seedsText(request.seeds),
    variant: request.variant ?? null,
    steps: request.steps,
    guidance: request.guidanceScale,
    scheduler: request.scheduler,
    batchSize: request.batchSize,
    lanes: request.lanes,
    targets: request.targets.filter(isOwn),
  };
}

/** A run of consecutive seeds goes back to "start and number of images", anything else to a list. */
function seedsText(seeds: readonly number[]): string {
  const first = seeds[0] ?? 1;
  const consecutive = seeds.every((seed, i) => seed === first + i);
  return consecutive ? String(first) : formatSeeds(seeds);
}

export function settingsFromDrop(dropped: DroppedSettings): Partial<Settings> {
  if (dropped.from === 'evenhand') return settingsFromRequest(dropped.metadata.request);
  return {
    prompt: dropped.prompt,
    ...(dropped.seed === null ? {} : { seeds: String(dropped.seed), count: 1 }),
    ...(dropped.steps === null ? {} : { steps: dropped.steps }),
    ...(dropped.guidance === null ? {} : { guidance: dropped.guidance }),
  };
}

/** Equal shares are the default and need not be carried as a choice. */
function isOwn({ shares }: Target): boolean {
  const values = Object.values(shares);
  return values.some((share) => Math.abs(share - 1 / values.length) > 1e-9);
}
