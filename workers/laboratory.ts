import * as Comlink from 'comlink';
import { EvenhandError } from '../src/core/errors';
import { readDigits } from './laboratory/digits';
import { createSession, type Session } from './laboratory/session';
import { type LaboratoryReport, type LaboratoryWorker, LOOK_EVERY } from './laboratory/types';
import { yieldToEvents } from './pipeline/events';
import { asResult } from './result';

/** A look at the very start of what is learnt, before LOOK_EVERY. */
const FIRST_LOOK = 50;
const REPORT_EVERY = 250;

let session: Session | undefined;
let paused = true;

const surface: LaboratoryWorker = {
  open: (url, settings, state) =>
    asResult(async () => {
      session?.close();
      session = undefined;
      session = await createSession(readDigits(await fetchBytes(url), 'digits.safetensors'), settings, state);
      return null;
    }),
  run: (onReport) =>
    asResult(async () => {
      await train(onReport);
      return null;
    }),
  pause() {
    paused = true;
  },
  state() {
    if (!session) throw new RangeError('There is no training.');
    return session.state();
  },
};

async function train(onReport: (report: LaboratoryReport) => void): Promise<void> {
  const own = session;
  if (!own) return;
  paused = false;
  let since = nothingYet();
  while (!paused && !own.done && own === session) {
    const { errors, indicators } = own.advance();
    since.steps++;
    for (const k of [0, 1] as const) {
      since.errors[k] += errors[k];
      since.indicators[k] += indicators[k];
    }
    await yieldToEvents();
    const looks = own.step === FIRST_LOOK || own.step % LOOK_EVERY === 0 || own.done;
    const { at, steps } = since;
    const took = performance.now() - at;
    if (!looks && took < REPORT_EVERY) continue;
    const mean = ([base, ddm]: readonly [number, number]) => [base / steps, ddm / steps] as const;
    onReport({
      step: own.step,
      errors: mean(since.errors),
      indicators: mean(since.indicators),
      millisecondsPerStep: took / steps,
      ...(looks && { looks: own.look() }),
    });
    since = nothingYet();
  }
  paused = true;
}

const nothingYet = () => ({
  at: performance.now(),
  steps: 0,
  errors: [0, 0] as [number, number],
  indicators: [0, 0] as [number, number],
});

async function fetchBytes(url: string): Promise<Uint8Array> {
  const answer = await fetch(url).catch(() => undefined);
  if (!answer?.ok) {
    throw new EvenhandError(
      'network-lost',
      'The digits of the laboratory could not be fetched.',
      'Check the connection, then start again.',
    );
  }
  return new Uint8Array(await answer.arrayBuffer());
}

Comlink.expose(surface);
