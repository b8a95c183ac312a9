import { describe, expect, it } from 'vitest';
import type { DeltaInfo } from '../../workers/protocol';
import { type ConflictContext, conflictsOf } from './conflicts';
import { METHODS } from './methods';
import { laneOf } from './settings';

const model: NonNullable<ConflictContext['model']> = {
  title: 'People',
  hash: 'here',
  attributes: ['gender', 'tone', 'age'].map((id) => ({ id, title: id, values: [], unclearBelow: 0.6 })),
  capabilities: ['splitText', 'probes', 'steering', 'middle'],
  defaults: { steps: 20, guidanceScale: 2.2, scheduler: 'ddim' },
  variants: [{ id: 'fast', title: 'Few steps', defaults: { steps: 4, guidanceScale: 1, scheduler: 'ddim' } }],
};
const delta = (id: string, changes: Partial<DeltaInfo> = {}): DeltaInfo => ({
  ...{ id, name: 'Fair', card: null, problem: null, tokens: [], drawsWith: [null], bytes: 1, hash: id },
  ...changes,
});
const usual: ConflictContext = {
  settings: { prompt: 'a photo of a doctor', guidance: 2.2, variant: null },
  model,
  projectors: [
    { id: 'p1', name: 'Mine', model: { title: 'People', hash: 'here' } },
    { id: 'p2', name: 'Other', model: { title: 'Elsewhere', hash: 'there' } },
  ],
  deltas: [
    delta('fair'),
    delta('old', {
      problem: { code: 'model-unsupported', message: 'It was made for another.', nextStep: 'Train it anew.' },
    }),
  ],
};

function conflicts(method: string, parameters = {}, context: Partial<ConflictContext> = {}) {
  const spec = METHODS.find(({ id }) => id === method)!;
  const lane = laneOf(spec, []);
  return conflictsOf(
    { ...lane, parameters: { ...lane.parameters, ...parameters } },
    { ...usual, ...context },
  );
}
const about = (prompt: string) => ({ settings: { ...usual.settings, prompt } });

describe('conflicts of a lane', () => {
  it.each(METHODS.map(({ id }) => [id]))(
    '%s has none as it comes, but for a projector or weights to find',
    (id) => {
      const kinds = conflicts(id).map(({ kind }) => kind);
      expect(kinds).toEqual({ 'rs-corrector': ['stops'], uce: ['idle'] }[id] ?? []);
      expect(conflicts('uce', { woman: 0.5 })).toEqual([]);
    },
  );

  it('a projector is missing, not kept, or of another model', () => {
    const told = (projector: string) => conflicts('rs-corrector', { projector }).map(({ text }) => text);
    expect(told('')[0]).toMatch(/needs a trained projector/);
    expect(told('p9')[0]).toMatch(/p9 is not kept/);
    expect(told('p2')[0]).toMatch(/“Other” was trained on another model \(Elsewhere\)/);
    expect(told('p1')).toEqual([]);
    // Before the keep has been read nothing can be said.
    expect(conflicts('rs-corrector', { projector: 'p9' }, { projectors: null })).toEqual([]);
  });

  it('a prompt without a person leaves methods about people idle, and no others', () => {
    const idle = METHODS.filter(({ id }) =>
      conflicts(id, { projector: 'p1' }, about('a teacup on a table')).some(({ kind }) => kind === 'idle'),
    ).map(({ id }) => id);
    expect(idle).toEqual(METHODS.map(({ id }) => id).filter((id) => id !== 'base' && id !== 'sd-ei'));
    expect(conflicts('mist', {}, about('  '))).toEqual([]);
  });

  it('an idle lane says that alone: it fails for no missing projector, and needs no guidance', () => {
    const nobody = { settings: { prompt: 'a teacup', guidance: 1, variant: null } };
    for (const id of ['rs-corrector', 'fair-diffusion', 'uce']) {
      expect(conflicts(id, {}, nobody).map(({ kind }) => kind)).toEqual(['idle']);
    }
  });

  it('what the prompt tells itself is said', () => {
    const [told] = conflicts('fair-diffusion', {}, about('a photo of a female doctor'));
    expect(told).toMatchObject({ kind: 'note', text: expect.stringContaining('tells the gender') });
    expect(conflicts('fair-diffusion', { attribute: 'tone' }, about('a photo of a female doctor'))).toEqual(
      [],
    );
  });

  it('a method of guidance without guidance, an attribute that is not read, a UNet that gives no probes', () => {
    const few = { settings: { ...usual.settings, guidance: 1 } };
    expect(conflicts('fair-diffusion', {}, few)[0]?.text).toMatch(/no guidance/);
    expect(conflicts('mist', {}, few)).toEqual([]);
    const blind = { model: { ...model, attributes: [] } };
    expect(conflicts('attribute-prompt', {}, blind)[0]?.text).toMatch(/reads no gender/);
    const closed = { model: { ...model, capabilities: [] } };
    for (const { id, needs = [] } of METHODS) {
      const stopped = conflicts(id, { projector: 'p1' }, closed).some(({ kind }) => kind === 'stops');
      expect(stopped).toBe(needs.length > 0);
    }
  });

  it('a trained variant is unknown, made for another model or UNet, or off', () => {
    const base = laneOf(METHODS.find(({ id }) => id === 'base')!, []);
    const told = (id: string, strength = 1, context: Partial<ConflictContext> = {}) =>
      conflictsOf({ ...base, delta: { id, strength } }, { ...usual, ...context }).map(
        ({ kind, text }) => `${kind}: ${text}`,
      );
    expect(told('fair')).toEqual([]);
    expect(told('gone')).toEqual([
      'stops: The trained variant “gone” is neither this model’s nor kept in this browser.',
    ]);
    expect(told('old')).toEqual(['stops: It was made for another.']);
    expect(told('fair', 0)).toEqual([
      'note: At strength 0 the variant changes nothing: this lane draws as the model by itself.',
    ]);
    const fast = { settings: { ...usual.settings, variant: 'fast' } };
    expect(told('fair', 1, fast)).toEqual(['stops: “Fair” was not made for Few steps, which draws now.']);
    expect(told('fair', 1, { ...fast, deltas: [delta('fair', { drawsWith: [null, 'fast'] })] })).toEqual([]);
    // Before they have been read nothing can be said.
    expect(told('gone', 1, { deltas: null })).toEqual([]);
  });

  it('a method of another version stops its lane', () => {
    expect(conflictsOf({ id: 'l', name: 'L', method: 'magic', parameters: {} }, usual)).toMatchObject([
      { kind: 'stops', text: expect.stringContaining('magic') },
    ]);
  });
});
