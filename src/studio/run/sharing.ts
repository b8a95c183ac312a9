import type { RunTimings } from '../../../workers/protocol';

/** Share of the UNet evaluations that lanes took over from each other, 0..1. Runs stored by earlier versions saved none. */
export function savedBySharing({ unetEvaluations, unetEvaluationsShared = 0 }: RunTimings): number {
  const asked = unetEvaluations + unetEvaluationsShared;
  return asked === 0 ? 0 : unetEvaluationsShared / asked;
}
