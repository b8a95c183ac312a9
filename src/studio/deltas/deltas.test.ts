import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import type { BroughtDelta, DeltaFacts, DeltaInfo, Lane, ModelInfo, Result } from '../../../workers/protocol';
import { EngineClient, type EngineWorker } from '../../app/engineClient';
import { EvenhandError, reportOf } from '../../core/errors';
import { openKeep } from '../keep/database';
import { type Keep, MemoryKeep } from '../keep/keep';
import { Studio } from '../session';
import { defaultSettings } from '../settings';
import type { KeptDelta } from './deltaStore';
import { importDelta } from './importDelta';
import { deltaLabel, offeredDeltas } from './offered';

const own: DeltaInfo = {
  ...{ id: 'ddm', name: 'DDM, alpha 0.05', card: null, problem: null, tokens: [], drawsWith: [null] },
  ...{ bytes: 9, hash: 'h' },
};
const INFO = {
  ...{ id: 'people', title: 'People', hash: 'a'.repeat(64), attributes: [], variants: [], deltas: [own] },
  defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' },
} as unknown as ModelInfo;

const notUsed = async (): Promise<never> => {
  throw new Error('not used');
};

/** An engine that finds every file to fit, or none. */
async function studioWith(keep: Keep<KeptDelta>, fits = true) {
  const described: (string | BroughtDelta)[] = [];
  const worker: EngineWorker = {
    engine: {
      ...{ inspectPrompt: notUsed, checkDevice: notUsed, generate: notUsed, trainProjector: notUsed },
      ...{ findWeights: notUsed, inspect: notUsed, perceiveWith: notUsed, cancel: async () => undefined },
      load: async () => ({ ok: true, value: INFO }),
      async describeDelta(delta): Promise<Result<DeltaFacts>> {
        described.push(delta);
        if (!fits || typeof delta === 'string') {
          return {
            ok: false,
            error: reportOf(new EvenhandError('model-unsupported', 'It has no fit.', 'Ask.')),
          };
        }
        const { id, name, bytes } = delta;
        return { ok: true, value: { info: { ...own, id, name, bytes: bytes.length, hash: id }, sizes: {} } };
      },
    },
    terminate: () => undefined,
    onCrash: () => undefined,
  };
  const studio = new Studio(new EngineClient(() => worker), 'models/people/', defaultSettings());
  await studio.openDeltas(async () => keep);
  await studio.loadModel();
  return { studio, described };
}

const file = (name = 'My LoRA.safetensors', byte = 7) => new File([new Uint8Array([byte, 8, 9])], name);
const lane = (id: string): Lane => ({
  ...{ id, name: id, method: 'base', parameters: {} },
  delta: { id, strength: 0.5 },
});

let databases = 0;
const KEEPS: readonly (readonly [string, () => Promise<Keep<KeptDelta>>])[] = [
  ['memory', async () => new MemoryKeep()],
  ['IndexedDB', () => openKeep(`variants-${databases++}`)],
];

describe.each(KEEPS)('files of trained variants, kept in %s', (_, keepOf) => {
  it('are kept once they fit the model, named by their content, and come with runs whose lanes name them', async () => {
    const { studio, described } = await studioWith(await keepOf());
    const id = await importDelta(studio, file());
    expect(id).toMatch(/^file-[0-9a-f]{16}$/);
    expect(await importDelta(studio, file('Again.safetensors'))).toBe(id);
    expect(await importDelta(studio, file('Other.safetensors', 1))).not.toBe(id);
    expect(described).toHaveLength(3);
    const { deltas } = studio;
    expect(
      deltas
        .getState()
        .kept?.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['Again', 'Other']);
    const request = { ...requestOf, lanes: [lane(id!), { ...lane(id!), id: 'twice' }, lane('ddm')] };
    const used = await deltas.getState().usedBy(request);
    expect(used.map((one) => [one.id, one.name, [...one.bytes]])).toEqual([[id, 'Again', [7, 8, 9]]]);
    await deltas.getState().remove(id!);
    expect(await deltas.getState().usedBy(request)).toEqual([]);
  });

  it('are not kept when they do not fit, and the reason is said', async () => {
    const { studio } = await studioWith(await keepOf(), false);
    expect(await importDelta(studio, file())).toBeNull();
    expect(studio.deltas.getState().kept).toEqual([]);
    expect(studio.notices.getState().notices).toMatchObject([{ tone: 'error', text: 'It has no fit.' }]);
  });
});

describe('a file that is far too large', () => {
  it('is not even read', async () => {
    const { studio, described } = await studioWith(new MemoryKeep());
    const large = Object.defineProperty(file('Model.safetensors'), 'size', { value: 2e9 });
    expect(await importDelta(studio, large)).toBeNull();
    expect(described).toEqual([]);
    expect(studio.notices.getState().notices[0]?.text).toContain('2000 MB');
  });
});

describe('the variants on offer', () => {
  const kept: KeptDelta = {
    ...{
      id: 'file-1',
      name: 'Mine',
      createdAt: 1,
      card: null,
      tokens: ['<me>'],
      drawsWith: [null],
      bytes: 3,
    },
    model: { title: 'People', hash: INFO.hash },
  };

  it('are the model’s, then those that were brought; one that was held against another model says so', () => {
    expect(offeredDeltas(INFO, [kept]).map(({ id, problem }) => [id, problem])).toEqual([
      ['ddm', null],
      ['file-1', null],
    ]);
    const [, other] = offeredDeltas(INFO, [{ ...kept, model: { title: 'Digits', hash: 'b'.repeat(64) } }]);
    expect(other?.problem).toMatchObject({
      code: 'model-unsupported',
      message: '“Mine” was imported for another model (Digits, bbbbbbbb).',
    });
    expect(offeredDeltas(null, null)).toEqual([]);
  });

  it('are called by name, with their strength where it is not full', () => {
    expect(deltaLabel({ id: 'ddm', strength: 1 }, [own])).toBe('DDM, alpha 0.05');
    expect(deltaLabel({ id: 'ddm', strength: 0.35 }, [own])).toBe('DDM, alpha 0.05 at 0.35');
    expect(deltaLabel({ id: 'gone', strength: 0 }, [own])).toBe('gone at 0');
  });
});

const requestOf = {
  ...{ prompt: 'a', seeds: [1], steps: 1, guidanceScale: 1, scheduler: 'ddim' as const },
  ...{ batchSize: 1, targets: [] },
};
