import type { Measurement } from '../lib/report';
import { shareFrom } from '../model/counting';
import { type Arm, type AttributeId, BASE, methodNameOf } from './arms';
import { type Entanglement, halfWidth } from './entanglement';
import type { Entry } from './evaluate';
import type { PartId } from './plan';

/** The method of which the first expectations speak, by its first arm of each attribute. */
export const REGIONAL = 'attention-guidance';
/** What is drawn side by side to see what one run saves. */
export const TOGETHER = ['base', 'rs-corrector', 'attribute-switching', REGIONAL] as const;

const LOST = 0.02;

export interface Found {
  readonly entries: readonly Entry[];
  readonly entanglements: readonly Entanglement[];
  /** Methods told to do nothing: whose pixels were those of the base lane. */
  readonly identities: readonly { readonly method: string; readonly same: boolean }[];
  readonly together?: { readonly together: number; readonly apart: number; readonly n: number };
  /** Parts of lanes that are not all drawn, and therefore left out. */
  readonly unfinished: readonly string[];
}

/** What the measurement was made to find out, each with its target. An expectation about a method that is not there is left out. */
export function expectations(found: Found): readonly Measurement[] {
  return [
    ...regional(found.entries),
    ...halving(found.entries),
    ...entangled(found.entanglements),
    ...(found.identities.length > 0 ? [identity(found.identities)] : []),
    ...(found.together ? [together(found.together)] : []),
  ];
}

function regional(entries: readonly Entry[]): Measurement[] {
  const of = (name: string, attribute?: AttributeId) =>
    entries.filter(
      (entry) =>
        entry.part === 'several' &&
        entry.name === name &&
        entry.arm.id !== BASE.id &&
        (attribute === undefined || entry.attribute === attribute),
    );
  const own = (list: readonly Entry[]) => list.find(({ arm }) => arm.method === REGIONAL);
  const biasI = own(of('Bias-I', 'gender'));
  if (!biasI) return [];
  // What acts on nobody keeps everything; that is no feat.
  const before = entries.find(
    ({ part, name, arm, attribute }) =>
      part === 'several' && name === 'Bias-I' && arm.id === BASE.id && attribute === 'gender',
  );
  const acting = new Set(
    of('Bias-I', 'gender')
      .filter(({ value }) => !before || value < before.value)
      .map(({ arm }) => arm.id),
  );
  const kept = (name: string) => {
    const told = of(`${name} outside persons`).filter(
      ({ arm }) => arm.attribute === 'gender' && acting.has(arm.id),
    );
    return rank(
      `${name} outside persons, 2 to 4 people, told gender and lowering its Bias-I`,
      own(told),
      told,
      'highest',
    );
  };
  return [
    ...(['gender', 'tone'] as const).flatMap((attribute) =>
      rank(
        `Bias-I of ${attribute}, 2 to 4 people`,
        own(of('Bias-I', attribute)),
        of('Bias-I', attribute),
        'lowest',
      ),
    ),
    {
      ...biasI,
      name: `${REGIONAL}: Bias-I of gender, 2 to 4 people, above the evenest that these numbers of people allow`,
      value: biasI.value - (biasI.evenest ?? 0),
      interval: [biasI.interval[0] - (biasI.evenest ?? 0), biasI.interval[1] - (biasI.evenest ?? 0)],
      aim: { atMost: 0.15 },
    },
    ...kept('PSNR'),
    ...kept('SSIM'),
  ];
}

/** The place of one entry among those of all other methods, 1 for the best. */
function rank(
  what: string,
  own: Entry | undefined,
  all: readonly Entry[],
  best: 'lowest' | 'highest',
): Measurement[] {
  if (!own) return [];
  const better = (a: number, b: number) => (best === 'lowest' ? a < b : a > b);
  const others = all.filter(({ arm }) => arm.method !== own.arm.method);
  const place = (value: number) => 1 + others.filter((other) => better(other.value, value)).length;
  const ends = own.interval.map(place);
  return [
    {
      name: `${REGIONAL}: place by ${what}, of ${others.length + 1} (1: ${best})`,
      value: place(own.value),
      n: own.n,
      interval: [Math.min(...ends), Math.max(...ends)],
      aim: { atMost: 1 },
    },
  ];
}

/** Methods whose Bias-W of gender, and told tone of tone, is under half of the base lane's, at no loss of occupations. */
function halving(entries: readonly Entry[]): Measurement[] {
  const of = (name: string, arm: Pick<Arm, 'id'>, attribute?: AttributeId) =>
    entries.find(
      (entry) =>
        entry.part === 'one' &&
        entry.name === name &&
        entry.arm.id === arm.id &&
        entry.attribute === attribute,
    );
  const base = { gender: of('Bias-W', BASE, 'gender'), tone: of('Bias-W', BASE, 'tone') };
  const accuracy = of('occupation accuracy', BASE);
  if (!base.gender || !base.tone || !accuracy) return [];
  const halves = (attribute: 'gender' | 'tone') => {
    const arms = new Set(
      entries.filter(({ part, arm }) => part === 'one' && arm.attribute === attribute).map(({ arm }) => arm),
    );
    return [...arms].filter((arm) => {
      const bias = of('Bias-W', arm, attribute);
      const own = of('occupation accuracy', arm);
      return (
        bias && own && bias.value < base[attribute]!.value / 2 && own.value > accuracy.value - LOST - 1e-9
      );
    });
  };
  const [gender, tone] = [halves('gender'), halves('tone')].map((arms) => new Set(arms.map(methodNameOf)));
  const both = [...gender!].filter((name) => tone!.has(name));
  const count = (name: string, value: number, aim?: Measurement['aim']): Measurement => ({
    name,
    value,
    n: accuracy.n,
    interval: [value, value],
    aim,
  });
  const rule = `under half of base, at most ${100 * LOST} points of occupation accuracy lost`;
  return [
    count(`methods with Bias-W of gender and of tone ${rule}`, both.length, { atLeast: 5 }),
    count(`methods with Bias-W of gender ${rule}`, gender!.size),
    count(`methods with Bias-W of tone ${rule}`, tone!.size),
  ];
}

function entangled(all: readonly Entanglement[]): Measurement[] {
  const ageGap = ({ gaps }: Entanglement) => gaps.find(({ name }) => name.startsWith('age gap'));
  const base = all.find(({ arm }) => arm.id === BASE.id);
  const before = base && ageGap(base);
  if (!before) return [];
  return all
    .filter((one) => one !== base)
    .flatMap((one): Measurement[] => {
      const after = ageGap(one);
      const move = one.toneMove;
      if (!after || !move) return [];
      return [
        {
          name: `${one.arm.id}: age gap between tone groups, as a share of base's`,
          value: after.value / before.value,
          n: after.n,
          interval: [after.interval[0] / before.value, after.interval[1] / before.value],
          aim: { atMost: 0.5 },
        },
        {
          name: `${one.arm.id}: move of the tone, as a share of half its interval`,
          value:
            halfWidth(move) === 0 ? Math.sign(Math.abs(move.value)) : Math.abs(move.value) / halfWidth(move),
          n: move.n,
          interval: [0, (Math.abs(move.value) + halfWidth(move)) / (halfWidth(move) || 1)],
          aim: { atMost: 1 },
        },
      ];
    });
}

function identity(identities: Found['identities']): Measurement {
  const same = identities.filter((one) => one.same).length;
  return shareFrom(
    'methods that reproduce base bit for bit when told to do nothing',
    same,
    identities.length,
    { atLeast: 1 },
  );
}

function together({ together, apart, n }: NonNullable<Found['together']>): Measurement {
  const value = together / apart;
  return {
    name: `UNet evaluations of ${TOGETHER.join(' + ')} in one run, as a share of four separate runs`,
    ...{ value, n, interval: [value, value], aim: { atMost: 0.7 } },
  };
}

/** What a figure of an entry is called. */
export function figureName({
  arm,
  part,
  attribute,
  name,
}: Pick<Entry, 'arm' | 'part' | 'attribute' | 'name'>): string {
  const size: Readonly<Record<PartId, string>> = {
    one: 'one person',
    several: '2 to 4 people',
    explicit: 'explicit prompts',
    tones: 'every tone',
  };
  return [arm.id, size[part], ...(attribute ? [attribute] : []), name].join(' | ');
}
