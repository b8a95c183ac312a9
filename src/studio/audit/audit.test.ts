import { describe, expect, it } from 'vitest';
import type { AuditJob, AuditReport } from '../../../workers/audit/types';
import type { ModelInfo } from '../../../workers/protocol';
import { EngineClient, type EngineWorker } from '../../app/engineClient';
import { EvenhandError, reportOf } from '../../core/errors';
import { methodById } from '../methods';
import { Studio } from '../session';
import { defaultSettings } from '../settings';
import { cancelAudit, findWeights } from './audit';

const REPORT: AuditReport = {
  ...{ weights: { woman: 0.31234, man: -0.31234 }, settled: true, unetEvaluations: 256 },
  rounds: [{ round: 1, weights: {}, counts: { woman: 2, man: 30 }, within: false, intervals: {} }],
};

/** A studio with one UCE lane, whose engine audits as it is told. */
async function studioWith(audit: EngineWorker['engine']['findWeights'], cancel = async () => {}) {
  const notUsed = async (): Promise<never> => {
    throw new Error('not used here');
  };
  const info = {
    hash: 'a'.repeat(64),
    attributes: [
      {
        id: 'gender',
        title: 'Gender',
        values: [
          { id: 'woman', title: 'woman' },
          { id: 'man', title: 'man' },
        ],
        unclearBelow: 0.6,
      },
    ],
    defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' },
    variants: [],
    deltas: [],
  } as unknown as ModelInfo;
  const worker: EngineWorker = {
    engine: {
      ...{
        inspectPrompt: notUsed,
        checkDevice: notUsed,
        generate: notUsed,
        trainProjector: notUsed,
        inspect: notUsed,
        describeDelta: notUsed,
        perceiveWith: notUsed,
      },
      load: async () => ({ ok: true, value: info }),
      findWeights: audit,
      cancel,
    },
    terminate: () => undefined,
    onCrash: () => undefined,
  };
  const studio = new Studio(new EngineClient(() => worker), 'models/people/', defaultSettings());
  await studio.loadModel();
  const lane = studio.settings.getState().addLane(methodById('uce')!)!;
  studio.settings.getState().changeLane(lane.id, { parameters: { ...lane.parameters, dark: 0.5 } });
  const parameters = () => studio.settings.getState().lanes.find(({ id }) => id === lane.id)!.parameters;
  return { studio, lane, parameters };
}

describe('an audit from the page', () => {
  it('draws as the composer is set, shows its course, and gives the lane its weights', async () => {
    const jobs: AuditJob[] = [];
    const seen: (number | undefined)[] = [];
    const { studio, lane, parameters } = await studioWith(async (job, onProgress) => {
      jobs.push(job);
      onProgress({ round: 2, rounds: 12, drawn: 3, images: 32, past: REPORT.rounds });
      seen.push(studio.audits.getState().audit?.progress?.round);
      expect(studio.busy).toBe(true);
      return { ok: true, value: REPORT };
    });
    studio.settings.getState().change({ prompt: 'a photo of a nurse', steps: 6 });
    await findWeights(studio, lane.id, 'gender');
    expect(jobs[0]).toMatchObject({
      attribute: 'gender',
      request: {
        prompt: 'a photo of a nurse',
        steps: 6,
        targets: [{ attribute: 'gender', shares: { woman: 0.5, man: 0.5 } }],
      },
      parameters: { dark: 0.5, lambda: 0.5 },
      images: 32,
    });
    expect(Object.keys(jobs[0]!.request)).not.toContain('seeds');
    expect(seen).toEqual([2]);
    expect(parameters()).toMatchObject({ woman: 0.312, man: -0.312, dark: 0.5 });
    expect(studio.audits.getState()).toMatchObject({
      audit: null,
      ended: { [lane.id]: { prompt: 'a photo of a nurse', report: REPORT } },
    });
    expect(studio.busy).toBe(false);
  });

  it('is stopped on demand, leaves the lane as it was and says nothing more', async () => {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const cancelled = reportOf(new EvenhandError('cancelled', 'Stopped.', 'Again.'));
    const { studio, lane, parameters } = await studioWith(
      async () => {
        await stopped;
        return { ok: false, error: cancelled };
      },
      async () => stop(),
    );
    const running = findWeights(studio, lane.id, 'gender');
    await studio.generate();
    expect(studio.notices.getState().notices[0]?.text).toContain('weights are being found');
    cancelAudit(studio);
    expect(studio.audits.getState().audit?.cancelling).toBe(true);
    await running;
    expect(parameters()).toMatchObject({ woman: 0, man: 0 });
    expect(studio.audits.getState().audit).toBeNull();
    expect(studio.notices.getState().notices).toHaveLength(1);
  });

  it('says what went wrong, and begins nothing on an empty prompt', async () => {
    const error = reportOf(new EvenhandError('request-invalid', 'The audit read nobody.', 'Show people.'));
    const { studio, lane } = await studioWith(async () => ({ ok: false, error }));
    await findWeights(studio, lane.id, 'gender');
    expect(studio.notices.getState().notices[0]?.text).toContain('read nobody');
    studio.settings.getState().change({ prompt: '' });
    await findWeights(studio, lane.id, 'gender');
    expect(studio.notices.getState().notices.at(-1)?.text).toContain('The prompt is empty');
  });
});
