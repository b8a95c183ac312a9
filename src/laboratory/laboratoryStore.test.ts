import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readDigits } from '../../workers/laboratory/digits';
import { createSession, type Session } from '../../workers/laboratory/session';
import { EvenhandError, reportOf } from '../core/errors';
import { MemoryKeep } from '../studio/keep/keep';
import { createLaboratoryStore, type KeptTraining, type Laboratory } from './laboratoryStore';

const digits = readDigits(new Uint8Array(readFileSync('public/laboratory/digits.safetensors')), 'digits');

/** The worker's training without the worker: the same session, a report after each step. */
function inProcess(): Laboratory {
  let session: Session | undefined;
  let paused = true;
  return {
    async open(settings, state) {
      try {
        session = await createSession(digits, settings, state);
        return { ok: true, value: null };
      } catch (error) {
        return { ok: false, error: reportOf(error) };
      }
    },
    async run(onReport) {
      paused = false;
      while (!paused) {
        const told = session!.advance();
        await new Promise(setImmediate);
        onReport({ step: session!.step, ...told, millisecondsPerStep: 1 });
      }
      return { ok: true, value: null };
    },
    pause: async () => {
      paused = true;
    },
    state: async () => session!.state(),
  };
}

const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((done) => setTimeout(done, 5));
};

it('is paused when its last step is made and kept, and goes on from there in another tab', async () => {
  const keep = new MemoryKeep<KeptTraining>();
  const first = createLaboratoryStore(inProcess);
  await first.getState().use(keep, true);
  first.getState().change({ share: 0.7 });
  const trained = first.getState().start();
  await until(() => first.getState().step >= 2);
  await first.getState().pause();
  const { phase, step, kept, points } = first.getState();
  expect([phase, kept?.step, points.at(-1)?.step]).toEqual(['paused', step, step]);
  await trained;

  const second = createLaboratoryStore(inProcess);
  await second.getState().use(keep, true);
  const taken = second.getState().takeUp();
  await until(() => second.getState().step > step);
  await second.getState().reset();
  await taken;
  expect(second.getState()).toMatchObject({
    phase: 'idle',
    step: 0,
    settings: { share: 0.7 },
    problem: null,
  });
  expect(second.getState().kept!.step).toBeGreaterThan(step);
});

it('says when what was kept is damaged, and is ready to start anew', async () => {
  const keep = new MemoryKeep<KeptTraining>();
  const facts = {
    settings: createLaboratoryStore(inProcess).getState().settings,
    step: 9,
    points: [],
    shares: [],
  };
  await keep.save({ id: 'last', name: 'Laboratory', createdAt: 1, ...facts }, new Uint8Array(42));
  const store = createLaboratoryStore(inProcess);
  await store.getState().use(keep, true);
  await store.getState().takeUp();
  expect(store.getState()).toMatchObject({ phase: 'idle', step: 0, problem: { code: 'metadata-invalid' } });
});

it('says when the worker dies, and what was trained stays to be seen', async () => {
  const broken: Laboratory = {
    ...inProcess(),
    run: async (onReport) => {
      onReport({ step: 1, errors: [1, 1], indicators: [0.5, 0.5], millisecondsPerStep: 1 });
      throw new EvenhandError('internal', 'Memory ran out.', 'Close other tabs.');
    },
  };
  const store = createLaboratoryStore(() => broken);
  await store.getState().start();
  expect(store.getState()).toMatchObject({ phase: 'paused', step: 1, problem: { code: 'internal' } });
});
