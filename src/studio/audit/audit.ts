import { errorFrom, reportOf } from '../../core/errors';
import { requestOf } from '../request';
import type { Studio } from '../session';
import { settingsOf } from '../settings';

/** Pictures of one round (methods.md 5.3). */
export const ROUND_IMAGES = 32;
/** Far from the seeds that people type, so that weights are not found on the very noise they are then shown on. */
const FIRST_SEED = 3_500_000_000;

/**
 * Finds the weights of a lane for the prompt and settings as they stand, and gives them to the lane. Never rejects: what went wrong is
 * shown as a notice.
 */
export async function findWeights(studio: Studio, laneId: string, attribute: string): Promise<void> {
  const { audits, client, engine, notices, settings } = studio;
  const { status } = engine.getState();
  const lane = settings.getState().lanes.find(({ id }) => id === laneId);
  if (studio.busy || !lane || status.phase !== 'ready') return;
  const asked = requestOf({ ...settingsOf(settings.getState()), lanes: [lane] }, status.info);
  if (!asked.ok) {
    notices.getState().report(asked.error);
    return;
  }
  const { begin, progress, end } = audits.getState();
  const { seeds: _seeds, lanes, only: _only, ...request } = asked.request;
  const { parameters, delta } = lanes[0]!;
  begin(laneId, attribute);
  const files = await studio.deltas.getState().usedBy(asked.request);
  // Stopped before the engine had begun.
  if (audits.getState().audit?.cancelling) {
    end();
    return;
  }
  try {
    const job = {
      ...{ request, attribute, parameters, images: ROUND_IMAGES, seed: FIRST_SEED },
      ...(delta && { delta }),
    };
    const answer = await client.findWeights(job, progress, files);
    if (!answer.ok) throw errorFrom(answer.error);
    end({ attribute, prompt: request.prompt, report: answer.value });
    // The lane may have been tuned or removed meanwhile.
    const { lanes: now, changeLane } = settings.getState();
    const own = now.find(({ id }) => id === laneId);
    if (own) changeLane(laneId, { parameters: { ...own.parameters, ...rounded(answer.value.weights) } });
  } catch (error) {
    end();
    const report = reportOf(error);
    if (report.code !== 'cancelled') notices.getState().report(report);
  }
  if (!client.loaded) await studio.loadModel();
}

/** Ends the audit before its next step. */
export function cancelAudit({ audits, client }: Studio): void {
  const { audit, setCancelling } = audits.getState();
  if (!audit || audit.cancelling) return;
  setCancelling();
  client.cancel();
}

/** As a field shows them. */
function rounded(weights: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(weights).map(([id, weight]) => [id, Number(weight.toFixed(3))]));
}
