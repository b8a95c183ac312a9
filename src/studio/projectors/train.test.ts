import { describe, expect, it } from 'vitest';
import { madeProjector } from '../../../workers/projector/testing/made';
import type { ProjectorJob } from '../../../workers/projector/types';
import type { AttributeInfo, ModelInfo, PersonReading } from '../../../workers/protocol';
import { EngineClient, type EngineWorker } from '../../app/engineClient';
import { EvenhandError, reportOf } from '../../core/errors';
import { encodePng } from '../image/png';
import { methodById } from '../methods';
import { Studio } from '../session';
import { defaultSettings } from '../settings';
import {
  countMembers,
  drawMembers,
  folderSource,
  type Mark,
  markedSource,
  type SetName,
  type SetSource,
} from './sources';
import { cancelTraining, trainFrom } from './train';

const pixel = { width: 1, height: 1, pixels: new Uint8ClampedArray([1, 2, 3, 255]) };
const EVERYONE = { id: 'everyone', title: 'Everyone' };
const member = (set: SetName, group = EVERYONE) => ({ group, set, picture: async () => pixel });
const source: SetSource = {
  title: 'two pictures',
  members: [member('fair'), member('stereotypical')],
};

/** An engine whose training answers what it is told to. */
async function studioWith(train: EngineWorker['engine']['trainProjector'], cancel = async () => {}) {
  const notUsed = async (): Promise<never> => {
    throw new Error('not used here');
  };
  const worker: EngineWorker = {
    engine: {
      load: async () => ({
        ok: true,
        value: {
          hash: 'a'.repeat(64),
          attributes: [],
          defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' },
          variants: [],
          deltas: [],
        } as unknown as ModelInfo,
      }),
      inspectPrompt: notUsed,
      checkDevice: notUsed,
      generate: notUsed,
      trainProjector: train,
      findWeights: notUsed,
      inspect: notUsed,
      describeDelta: notUsed,
      perceiveWith: notUsed,
      cancel,
    },
    terminate: () => undefined,
    onCrash: () => undefined,
  };
  const studio = new Studio(new EngineClient(() => worker), 'models/people/', defaultSettings());
  await studio.loadModel();
  const lane = studio.settings.getState().addLane(methodById('rs-corrector')!)!;
  studio.projectors.getState().open(lane.id);
  const projectorOf = () =>
    studio.settings.getState().lanes.find(({ id }) => id === lane.id)!.parameters.projector;
  return { studio, projectorOf };
}

describe('a training from the page', () => {
  it('hands over the pictures by group, shows its course, keeps the projector and gives it to the lane', async () => {
    const jobs: ProjectorJob[] = [];
    const seen = new Set<string>();
    const { studio, projectorOf } = await studioWith(async (job, onProgress) => {
      jobs.push(job);
      onProgress({ stage: 'train', done: 1, total: 1, loss: 2 });
      return { ok: true, value: madeProjector() };
    });
    studio.projectors.subscribe(({ training }) => {
      if (training) seen.add(`${training.progress.stage} ${training.progress.done}`);
    });
    await trainFrom(studio, 'Mine', source);
    expect(jobs).toEqual([
      expect.objectContaining({
        name: 'Mine',
        source: 'two pictures',
        groups: [{ ...EVERYONE, fair: [pixel], stereotypical: [pixel] }],
      }),
    ]);
    expect([...seen]).toEqual(['draw 0', 'draw 1', 'draw 2', 'train 1']);
    expect(studio.projectors.getState()).toMatchObject({
      training: null,
      kept: [{ id: madeProjector().id }],
    });
    expect(projectorOf()).toBe(madeProjector().id);
    expect(studio.notices.getState().notices).toEqual([]);
  });

  it('that fails is shown in words, and changes nothing', async () => {
    const error = reportOf(new EvenhandError('request-invalid', 'Too few pictures.', 'Add some.'));
    const { studio, projectorOf } = await studioWith(async () => ({ ok: false, error }));
    await trainFrom(studio, 'Mine', source);
    expect(studio.notices.getState().notices[0]).toMatchObject({
      text: 'Too few pictures.',
      next: 'Add some.',
    });
    expect(studio.projectors.getState().training).toBeNull();
    expect(projectorOf()).toBe('');
  });

  it('can be stopped while the page makes the pictures, without a word', async () => {
    let asked = 0;
    const { studio } = await studioWith(async () => {
      asked++;
      return { ok: true, value: madeProjector() };
    });
    const picture = async () => {
      cancelTraining(studio);
      return pixel;
    };
    const first = { ...member('fair'), picture };
    await trainFrom(studio, 'Mine', { title: '', members: [first, member('stereotypical')] });
    expect(asked).toBe(0);
    expect(studio.notices.getState().notices).toEqual([]);
    expect(studio.projectors.getState().training).toBeNull();
  });

  it('can be stopped with the last picture', async () => {
    let asked = 0;
    const { studio } = await studioWith(async () => {
      asked++;
      return { ok: true, value: madeProjector() };
    });
    studio.projectors.subscribe(({ training }) => {
      if (training?.progress.done === 2 && !training.cancelling) cancelTraining(studio);
    });
    await trainFrom(studio, 'Mine', source);
    expect(asked).toBe(0);
    expect(studio.projectors.getState()).toMatchObject({ training: null, kept: null });
  });

  it('can be stopped before the engine has said a word', async () => {
    let stop = () => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const error = reportOf(new EvenhandError('cancelled', 'Stopped.', ''));
    const { studio } = await studioWith(
      async () => {
        cancelTraining(studio);
        await stopped;
        return { ok: false, error };
      },
      async () => stop(),
    );
    await trainFrom(studio, 'Mine', source);
    expect(studio.projectors.getState()).toMatchObject({ training: null, kept: null });
    expect(studio.notices.getState().notices).toEqual([]);
  });

  it('keeps a run from being started beside it', async () => {
    const { studio } = await studioWith(async () => {
      await studio.generate();
      return { ok: true, value: madeProjector() };
    });
    await trainFrom(studio, 'Mine', source);
    expect(studio.run.getState().header).toBeNull();
    expect(studio.notices.getState().notices[0]?.text).toContain('being trained');
  });
});

describe('where sets come from', () => {
  const tone: AttributeInfo = {
    id: 'tone',
    title: 'Skin tone',
    values: [
      { id: 'light', title: 'Light' },
      { id: 'dark', title: 'Dark' },
    ],
    unclearBelow: 0.6,
  };
  const read = (...shares: number[][]): PersonReading[] =>
    shares.map((share) => ({ box: [0, 0, 1, 1], score: 1, attributes: { tone: share } }));

  it('marked pictures are one group, or as many as are read clearly', async () => {
    const png = await encodePng({ width: 1, height: 1, pixels: pixel.pixels });
    const mark = (set: SetName, people: PersonReading[]): Mark => ({ set, png, people });
    const marks = [
      mark('fair', read([0.9, 0.1])),
      mark('stereotypical', read([0.2, 0.8])),
      mark('stereotypical', read([0.5, 0.5])),
      mark('fair', read([0.9, 0.1], [0.9, 0.1])),
      mark('fair', []),
    ];
    expect(countMembers(markedSource(marks, undefined).members)).toEqual([
      { ...EVERYONE, fair: 3, stereotypical: 2 },
    ]);
    const grouped = markedSource(marks, tone).members;
    expect(countMembers(grouped)).toEqual([
      { id: 'light', title: 'Light', fair: 1, stereotypical: 0 },
      { id: 'dark', title: 'Dark', fair: 0, stereotypical: 1 },
    ]);
    expect(await drawMembers(grouped, () => {})).toEqual([
      { id: 'light', title: 'Light', fair: [pixel], stereotypical: [] },
      { id: 'dark', title: 'Dark', fair: [], stereotypical: [pixel] },
    ]);
  });

  it('folders give what is a picture by its type', () => {
    const file = (name: string, type: string) => new File(['x'], name, { type });
    const { members, title } = folderSource(
      {
        fair: [file('a.png', 'image/png'), file('notes.txt', 'text/plain')],
        stereotypical: [file('b.jpg', 'image/jpeg')],
      },
      128,
    );
    expect(countMembers(members)).toEqual([{ ...EVERYONE, fair: 1, stereotypical: 1 }]);
    expect(title).toContain('2 pictures');
  });
});
