import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Figure, Measurement } from '../lib/report';
import type { DrawSettings } from '../model/jobs';
import type { Arm, AttributeId } from './arms';
import type { Entry } from './evaluate';
import type { Found } from './expectations';
import { BIAS_MEASURES } from './measures';
import { type Asked, attributesOf, type PartId } from './plan';

const START = '<!-- measured: written by npm run bench:methods -->';
const END = '<!-- /measured -->';

/** What was measured on the model or one of its variants. */
export interface TablesInput {
  readonly found: Found;
  readonly settings: DrawSettings;
  readonly asked: readonly Asked[];
  readonly promised: readonly Figure[];
}

/** Replaces the measured tables of a document, between its two marks; all else in it is written by hand. */
export function writeTables(path: string, runs: readonly TablesInput[], command: string): void {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : `${START}\n${END}\n`;
  writeFileSync(path, withTables(text, [`\`${command}\``, ...runs.map(measuredTables)].join('\n\n')));
}

/** @throws RangeError for a document without the marks. */
export function withTables(text: string, tables: string): string {
  const [start, end] = [text.indexOf(START), text.indexOf(END)];
  if (start < 0 || end < start)
    throw new RangeError(`The document has no place for tables: ${START} and ${END} must stand in it.`);
  return `${text.slice(0, start + START.length)}\n\n${tables}\n\n${text.slice(end)}`;
}

export function measuredTables({ found, settings, asked, promised }: TablesInput): string {
  const { steps, guidanceScale, scheduler, variant } = settings;
  const sections = [
    `### ${variant === undefined ? 'The model' : `The variant "${variant}"`}: ${steps} steps, guidance ${guidanceScale}, ${scheduler}`,
    `${counts(asked)}${found.unfinished.length > 0 ? ` Not finished: ${found.unfinished.join('; ')}.` : ''}`,
    ...(promised.length > 0 ? ['#### What was expected', expectedTable(promised)] : []),
    ...(['one', 'several'] as const).flatMap((part) => [
      `#### Bias: ${SIZES[part]}`,
      ...attributesOf(part).flatMap((attribute) => [
        `**${ATTRIBUTE_TITLES[attribute]}**`,
        biasTable(found.entries, part, attribute),
      ]),
      `#### Picture and cost: ${SIZES[part]}`,
      qualityTable(found.entries, part),
    ]),
    ...(found.entries.some(({ part }) => part === 'explicit')
      ? ['#### Prompts that say it already', fidelityTable(found.entries)]
      : []),
    ...(found.entanglements.length > 0
      ? ['#### Stereotypes within a tone group (RS-Corrector)', entanglementTable(found)]
      : []),
  ];
  return sections.join('\n\n');
}

const SIZES = { one: 'one person', several: '2 to 4 people' } as const;
const ATTRIBUTE_TITLES: Readonly<Record<AttributeId, string>> = {
  gender: 'Gender presentation (2 values)',
  tone: 'Skin tone (4 groups)',
  'gender-tone': 'Gender presentation x skin tone (8 combinations)',
};

function expectedTable(promised: readonly Figure[]): string {
  const rows = promised.map(({ name, value, interval, n, target, ok }) => [
    ...[name, number(value), range(interval), String(n)],
    ...(target === null ? ['', ''] : [number(target), ok ? 'met' : '**missed**']),
  ]);
  return table(['', 'value', '95 %', 'n', 'target', ''], rows);
}

const TESTS = ['p of the change', 'p of the usual value'];

function biasTable(entries: readonly Entry[], part: PartId, attribute: AttributeId): string {
  const own = entries.filter((entry) => entry.part === part && entry.attribute === attribute);
  const measures = BIAS_MEASURES.filter((measure) => own.some(({ name }) => name === measure));
  return table(
    ['method', ...measures, 'persons', ...TESTS],
    armsOf(own).map((arm) => {
      const of = (name: string) => own.find((entry) => entry.arm.id === arm.id && entry.name === name);
      const tests = TESTS.map((name) => of(name));
      return [
        arm.id,
        ...measures.map((measure) => floored(of(measure))),
        String(of('Bias-W')?.n ?? ''),
        ...tests.map((test) => (test ? probability(test.value) : '')),
      ];
    }),
  );
}

const QUALITY = [
  'occupation accuracy',
  'coverage',
  'read as neither woman nor man',
  'PSNR',
  'SSIM',
  'feature distance',
  'CLIP-I',
  'CLIP-T',
  'PSNR outside persons',
  'SSIM outside persons',
  'feature distance outside persons',
  'UNet evaluations per image',
  'seconds per image',
];

function qualityTable(entries: readonly Entry[], part: PartId): string {
  const own = entries.filter((entry) => entry.part === part && QUALITY.includes(entry.name));
  return table(
    ['method', ...QUALITY],
    armsOf(own).map((arm) => [
      arm.id,
      ...QUALITY.map((name) => bounded(own.find((entry) => entry.arm.id === arm.id && entry.name === name))),
    ]),
  );
}

function fidelityTable(entries: readonly Entry[]): string {
  const own = entries.filter(({ part }) => part === 'explicit');
  return table(
    ['method', 'gender words kept', 'n', 'tone words kept', 'n'],
    armsOf(own).map((arm) => {
      const of = (attribute: AttributeId) =>
        own.find((entry) => entry.arm.id === arm.id && entry.attribute === attribute);
      return [
        arm.id,
        ...(['gender', 'tone'] as const).flatMap((attribute) => [
          bounded(of(attribute)),
          String(of(attribute)?.n ?? ''),
        ]),
      ];
    }),
  );
}

function entanglementTable({ entanglements }: Found): string {
  const skin = ['texture', 'lightSpots', 'darkSpots', 'sharpness', 'noise'];
  const excess = (value: number | null | undefined) => (value == null ? '' : number(value));
  return table(
    [
      'method',
      'age gap',
      'gender gap',
      'age over light: tan',
      'brown',
      'dark',
      'tone moved by',
      'skin texture',
      'light spots',
      'dark spots',
      'sharpness',
      'noise',
      'n',
    ],
    entanglements.map(({ arm, gaps, ageExcess, toneMove, skin: found }) => [
      arm.id,
      ...['age gap', 'gender gap'].map((start) => floored(gaps.find(({ name }) => name.startsWith(start)))),
      ...['tan', 'brown', 'dark'].map((tone) => excess(ageExcess[tone])),
      bounded(toneMove),
      ...skin.map((id) => bounded(found.find(({ name }) => name === id))),
      String(gaps[0]?.n ?? ''),
    ]),
  );
}

/** In order of first appearance. */
function armsOf(entries: readonly Entry[]): readonly Arm[] {
  return [...new Map(entries.map(({ arm }) => [arm.id, arm])).values()];
}

function counts(asked: readonly Asked[]): string {
  const of = (part: PartId) =>
    asked.filter((one) => one.part === part).reduce((sum, { drawn }) => sum + drawn, 0);
  const PARTS = [
    [of('one'), 'of one person'],
    [of('several'), 'of 2 to 4'],
    [of('explicit'), 'of explicit prompts, gender and tone together'],
    [of('tones'), 'of every tone (base and RS-Corrector)'],
  ] as const;
  const told = PARTS.flatMap(([n, what]) => (n > 0 ? [`${n} ${what}`] : []));
  return `Pictures of each lane: ${told.join(', ')}. Crossed attributes: half of the first.`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

type Bounded = Pick<Measurement, 'value' | 'interval'>;
const number = (value: number): string => {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
};
const range = ([low, high]: Bounded['interval']): string => `${number(low)} to ${number(high)}`;
const bounded = (one: Bounded | undefined): string =>
  one ? `${number(one.value)} (${range(one.interval)})` : '';
const floored = (one: (Bounded & { readonly floor?: number | undefined }) | undefined): string =>
  one
    ? `${number(one.value)} (${range(one.interval)}; ${one.floor === undefined ? '' : number(one.floor)})`
    : '';
const probability = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
