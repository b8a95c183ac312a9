import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SCHEDULER_IDS } from '../core/schedulers';
import { LIMITS } from '../studio/limits';
import { METHODS } from '../studio/methods';
import { defaultSettings, laneOf, type Settings } from '../studio/settings';
import { LINK_VERSION, readLink, writeLink } from './link';

const open = (hash: string, search = '') => readLink({ hash: `#${hash}`, search });

const laneList = fc
  .array(
    fc.tuple(
      fc.nat(),
      fc.string({ minLength: 1, maxLength: 30 }).filter((s) => s.trim() === s && s !== ''),
    ),
    {
      maxLength: LIMITS.lanes.max,
    },
  )
  .map((picks) =>
    METHODS.length === 0
      ? []
      : picks.map(([n, name], i) => ({
          ...laneOf(METHODS[n % METHODS.length]!, []),
          name,
          id: `lane-${i + 1}`,
          ...(n % 3 === 0 && { delta: { id: name, strength: (n % 5) / 4 } }),
        })),
  );

const share = fc.integer({ min: 0, max: 100 }).map((p) => p / 100);
const target = fc.tuple(fc.string({ minLength: 1 }), share).map(([attribute, p]) => ({
  attribute,
  shares: { one: p, 'two~=&%': 1 - p },
}));

const anySettings: fc.Arbitrary<Settings> = fc.record({
  prompt: fc.string({ maxLength: 300 }),
  count: fc.integer({ min: 1, max: 500 }),
  seeds: fc.string({ maxLength: 50 }),
  variant: fc.option(fc.string({ maxLength: 30 })),
  steps: fc.option(fc.integer({ min: 1, max: 100 })),
  guidance: fc.option(fc.integer({ min: 0, max: 80 }).map((n) => n / 4)),
  scheduler: fc.option(fc.constantFrom(...SCHEDULER_IDS)),
  batchSize: fc.integer({ min: 1, max: 16 }),
  backend: fc.constantFrom('auto' as const, 'webgpu' as const, 'wasm' as const),
  lanes: laneList.filter((list) => list.length > 0 || METHODS.length === 0),
  targets: fc.array(target, { maxLength: 3 }),
  attribute: fc.string({ maxLength: 20 }),
  cross: fc.string({ maxLength: 20 }),
  view: fc.constantFrom('columns' as const, 'rows' as const),
});

describe('the whole state in the link', () => {
  it('reads back what it writes, for any settings', () => {
    fc.assert(
      fc.property(anySettings, (settings) => {
        const reading = open(writeLink(settings));
        expect(reading.problems).toEqual([]);
        expect(reading.settings).toEqual(settings);
      }),
    );
  });

  it('can be read by a person', () => {
    expect(writeLink({ ...defaultSettings(), seeds: '3, 9', prompt: 'a doctor' }, 'abcdef')).toBe(
      'v=3&model=abcdef&prompt=a+doctor&n=16&seeds=3,+9&batch=4&backend=auto&lane=base~Base+model' +
        '&lane=attribute-prompt~Attribute+prompts~attribute=gender~assignment=quota' +
        '&attribute=gender&cross=&view=columns',
    );
  });

  it('holds the trained variant of a lane, at full strength where it names none', () => {
    const delta = { id: 'ddm-005', strength: 0.5 };
    const lane = { ...laneOf(METHODS.find(({ id }) => id === 'base')!, []), delta };
    expect(writeLink({ ...defaultSettings(), lanes: [lane] })).toContain(
      'lane=base~Base+model~@variant=ddm-005~@strength=0.5',
    );
    expect(open('lane=base~B~@variant=x').settings.lanes[0]?.delta).toEqual({ id: 'x', strength: 1 });
    expect(open('lane=base~B~@variant=x~@strength=2').problems[0]?.message).toContain(
      'expected a number in 0 to 1, got “2”',
    );
  });

  it('survives half an emoji in the prompt', () => {
    expect(open(writeLink({ ...defaultSettings(), prompt: 'a doctor \ud83d' })).settings.prompt).toBe(
      'a doctor \ufffd',
    );
  });

  it('shows the defaults, and no complaint, where there is no link', () => {
    expect(open('')).toEqual({ settings: defaultSettings(), problems: [], model: null, present: false });
  });

  it('takes the backend from the query too, and lets the hash win', () => {
    expect(open('', '?backend=wasm').settings.backend).toBe('wasm');
    expect(open('backend=webgpu', '?backend=wasm').settings.backend).toBe('webgpu');
  });

  it('says that a link is newer, and keeps the usual settings', () => {
    const reading = open(`v=${LINK_VERSION + 1}&prompt=from%20the%20future&n=3`);
    expect(reading.problems.map((problem) => problem.code)).toEqual(['link-newer']);
    expect(reading.problems[0]?.message).toContain('newer version');
    expect(reading.settings).toEqual(defaultSettings());
  });

  it('keeps the good parts of a link with nonsense in it and names each bad part', () => {
    const reading = open('v=1&prompt=a%20chef&n=1000&steps=lots&view=sideways&target=gender~woman=0.9');
    expect(reading.settings.prompt).toBe('a chef');
    expect(reading.settings.count).toBe(defaultSettings().count);
    expect(reading.problems.map((problem) => problem.message)).toEqual([
      'One part of this link could not be used; number of images: expected a whole number in 1 to 500, got “1000”.',
      'One part of this link could not be used; steps: expected a whole number in 1 to 100, got “lots”.',
      'One part of this link could not be used; targets: expected shares that sum to 1, got 0.900.',
      'One part of this link could not be used; view: expected columns, rows, got “sideways”.',
    ]);
  });

  it('refuses a method that this version does not have', () => {
    expect(open('lane=perfect-fairness~Magic').problems[0]?.message).toContain('“perfect-fairness”');
  });

  it('never throws, whatever stands in the address', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (hash, search) => {
        const { settings } = readLink({ hash: `#${hash}`, search: `?${search}` });
        expect(settings.count).toBeGreaterThanOrEqual(1);
      }),
    );
    for (const name of ['lane', 'target', 'n', 'v', 'steps', 'model']) {
      fc.assert(fc.property(fc.string(), (value) => open(`${name}=${value}`).settings.count >= 1));
    }
  });
});
