import type { MethodSpec } from '../../workers/methods/method';
import { resolveParameters } from '../../workers/methods/parameters';
import { METHOD_SPECS } from '../../workers/methods/specs';
import type { DeltaInfo, LaneDelta, Parameters } from '../../workers/protocol';

/** What is evened out and measured. A crossed attribute has every combination of the values of both. */
export const ATTRIBUTES = ['gender', 'tone', 'gender-tone'] as const;
export type AttributeId = (typeof ATTRIBUTES)[number];

/** One lane as it is measured: a method with all of its parameters. */
export interface Arm {
  /** Unique; what figures and tables call it. */
  readonly id: string;
  readonly method: string;
  /** What it is told to even out; it is measured on that alone. Absent: it is told nothing and measured on everything. */
  readonly attribute?: AttributeId;
  /** All of them, defaults filled in, but for those that `needs` brings. */
  readonly parameters: Parameters;
  /** What must be made before it can draw: a trained projector, or a weight for every value by UCE's audit. */
  readonly needs?: 'projector' | 'audit' | 'one-round';
  /** Made for one person: not drawn with several. */
  readonly alone?: boolean;
  /** The trained variant that draws, told by its content. */
  readonly delta?: MeasuredDelta;
}

export interface MeasuredDelta extends LaneDelta {
  /** So that a variant that was trained anew is another one. */
  readonly hash: string;
}

export const BASE: Arm = { id: 'base', method: 'base', parameters: {} };

/** Whether an arm, or a job, is the base lane, which the others are compared with. */
export const isBase = ({ method, delta }: Pick<Arm, 'method' | 'delta'>): boolean =>
  method === BASE.method && delta === undefined;

/** The trained variants beside a model, each at full strength and with no method: measured on everything, as a method is that is told nothing. */
export function variantArms(deltas: readonly DeltaInfo[]): readonly Arm[] {
  return deltas
    .filter(({ problem }) => problem === null)
    .map(({ id, hash }) => ({ ...BASE, id: `variant ${id}`, delta: { id, strength: 1, hash } }));
}

type Variation = Omit<Arm, 'method' | 'parameters'> & { readonly changes?: Parameters };

/**
 * Every method, found by its folder. One with the parameter `attribute` has an arm for each of them; one that asks for a projector has
 * one for each of its modes; any other has one arm. VARIATIONS has those of which more is to be said.
 */
export function armsOf(specs: readonly MethodSpec[] = METHOD_SPECS): readonly Arm[] {
  return specs
    .filter(({ id }) => id !== BASE.method)
    .flatMap((spec) => (VARIATIONS[spec.id] ?? usual)(spec).map(armOf(spec)));
}

const armOf =
  (spec: MethodSpec) =>
  ({ changes = {}, ...rest }: Variation): Arm => ({
    ...rest,
    method: spec.id,
    parameters: resolveParameters(spec, { ...rehearsal(spec), ...changes }),
  });

/** Methods that first measure on pictures of every prompt do so on few: that would cost more than all that is measured of them. */
const REHEARSED_ON = 2;

function rehearsal({ parameters }: MethodSpec): Parameters {
  const rehearses = parameters.some(({ id, type }) => id === 'pictures' && type === 'number');
  return rehearses ? { pictures: REHEARSED_ON } : {};
}

function usual(spec: MethodSpec): readonly Variation[] {
  if (spec.parameters.some(({ type }) => type === 'projector')) {
    const mode = spec.parameters.find(({ id }) => id === 'mode');
    const modes = mode?.type === 'choice' ? mode.options.map(({ value }) => value) : [];
    return modes.map((value) => ({
      ...{ id: `${spec.id} ${value}`, needs: 'projector', alone: true, changes: { mode: value } },
    }));
  }
  return takesAttribute(spec) ? forEachAttribute(spec) : [{ id: spec.id }];
}

const VARIATIONS: Readonly<Record<string, (spec: MethodSpec) => readonly Variation[]>> = {
  /** Its default is as far as the word goes, and so far the embedded model hardly moves. */
  'h-space': (spec) => [
    ...forEachAttribute(spec),
    ...forEachAttribute(spec, `${spec.id} x 20`, { strength: 20 }),
  ],
  /** Its two modes are two methods: one takes the attribute out of the text, the other sends each image to a value. */
  mist: (spec) => [
    ...forEachAttribute(spec),
    ...forEachAttribute(spec, `${spec.id} target`, { mode: 'target' }),
  ],
  /** Its two variants differ in cost and in what they keep; the cheaper one is left out where lanes cost most. */
  'attention-guidance': (spec) => [
    ...forEachAttribute(spec),
    ...forEachAttribute(spec, `${spec.id} online`, { variant: 'online' }).filter(
      ({ attribute }) => attribute !== 'gender-tone',
    ),
  ],
  'sd-ei': ({ id }) => [
    { id: `${id} (gender)`, attribute: 'gender', changes: { sentence: 'gender-irrespective' } },
    { id: `${id} (tone)`, attribute: 'tone', changes: { sentence: 'skin-irrespective' } },
  ],
  /** The loop, and what one round of it gives with UCE's own gain of 1. */
  uce: (spec) =>
    (['audit', 'one-round'] as const).flatMap((needs) =>
      forEachAttribute(spec, `${spec.id} ${needs === 'audit' ? 'audited' : 'one round'}`).map(
        (one): Variation => ({ ...one, needs }),
      ),
    ),
};

function forEachAttribute(spec: MethodSpec, name = spec.id, changes: Parameters = {}): readonly Variation[] {
  return ATTRIBUTES.map((attribute) => ({
    ...{ id: `${name} (${attribute})`, attribute },
    changes: takesAttribute(spec) ? { ...changes, attribute } : changes,
  }));
}

function takesAttribute({ parameters }: MethodSpec): boolean {
  const found = parameters.find(({ id }) => id === 'attribute');
  return (
    found?.type === 'choice' && ATTRIBUTES.every((id) => found.options.some(({ value }) => value === id))
  );
}

/** Whether an arm is measured on this attribute. */
export function isMeasuredOn({ attribute }: Arm, measured: AttributeId): boolean {
  return attribute === undefined || attribute === measured;
}

/** The name of an arm without its attribute: what one method is called over several. */
export function methodNameOf({ id, attribute }: Arm): string {
  return attribute === undefined ? id : id.replace(` (${attribute})`, '');
}
