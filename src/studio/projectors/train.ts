import { EvenhandError, errorFrom, reportOf } from '../../core/errors';
import type { Studio } from '../session';
import { drawMembers, type SetSource } from './sources';

/** Steps of a training: on the drawn world the held-out pictures are told apart as well as they can be from about 200 on. */
const STEPS = 300;

/**
 * Makes the pictures, trains on them in the engine and keeps what comes out; the lane whose drawer is open gets it. Never
 * rejects: what went wrong is shown as a notice.
 */
export async function trainFrom(studio: Studio, name: string, { title, members }: SetSource): Promise<void> {
  const { projectors, client, notices } = studio;
  if (studio.busy) return;
  const { openFor, begin, progress, end, add } = projectors.getState();
  begin(name);
  try {
    const stopIfAsked = () => {
      if (projectors.getState().training?.cancelling) throw cancelled();
    };
    const groups = await drawMembers(members, (done) => {
      stopIfAsked();
      progress({ stage: 'draw', done, total: members.length });
    });
    stopIfAsked();
    const job = { name, source: title, groups, steps: STEPS, seed: 1 };
    const answer = await client.trainProjector(job, progress);
    if (!answer.ok) throw errorFrom(answer.error);
    await add(answer.value);
    if (openFor !== null) chooseProjector(studio, openFor, answer.value.id);
  } catch (error) {
    const report = reportOf(error);
    if (report.code !== 'cancelled') notices.getState().report(report);
  } finally {
    end();
  }
  if (!client.loaded) await studio.loadModel();
}

/** Ends the training before its next picture or step. */
export function cancelTraining({ projectors, client }: Studio): void {
  const { training, setCancelling } = projectors.getState();
  if (!training) return;
  setCancelling();
  // Also while pictures are drawn: the engine may have been given the last of them already, and not yet have answered.
  client.cancel();
}

/** Gives a lane a projector, if the lane is still there and its method takes one. */
export function chooseProjector({ settings }: Studio, laneId: string, id: string): void {
  const { lanes, changeLane } = settings.getState();
  const lane = lanes.find((candidate) => candidate.id === laneId);
  if (lane) changeLane(laneId, { parameters: { ...lane.parameters, projector: id } });
}

const cancelled = (): EvenhandError =>
  new EvenhandError('cancelled', 'The training was stopped.', 'Train again when you are ready.');
