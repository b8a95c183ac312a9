import type { Lane, LaneDelta, Parameters, ParameterValue, Target } from '../../workers/protocol';
import { LIMITS } from '../studio/limits';
import { checkParameters, methodById } from '../studio/methods';

/** Reads and writes one kind of setting as link text. `read` throws an Error whose message ends "expected …". */
export interface Codec<T> {
  readonly write: (value: T) => readonly string[];
  readonly read: (texts: readonly string[]) => T;
}

const quoted = (text: string): string => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

export const text = (maxLength: number): Codec<string> => ({
  write: (value) => [value],
  read: ([value = '']) => {
    if (value.length > maxLength)
      throw new Error(`expected at most ${maxLength} characters, got ${value.length}`);
    return value;
  },
});

export const number = (min: number, max: number, whole: boolean): Codec<number> => ({
  write: (value) => [String(value)],
  read: ([value = '']) => {
    const parsed = value.trim() === '' ? Number.NaN : Number(value);
    if (!Number.isFinite(parsed) || parsed < min || parsed > max || (whole && !Number.isInteger(parsed))) {
      throw new Error(`expected a ${whole ? 'whole ' : ''}number in ${min} to ${max}, got ${quoted(value)}`);
    }
    return parsed;
  },
});

export const choice = <T extends string>(options: readonly T[]): Codec<T> => ({
  write: (value) => [value],
  read: ([value = '']) => {
    const option = options.find((candidate) => candidate === value);
    if (option === undefined) throw new Error(`expected ${options.join(', ')}, got ${quoted(value)}`);
    return option;
  },
});

/** A setting that may be left to the model: nothing is written for null. */
export const optional = <T>(codec: Codec<T>): Codec<T | null> => ({
  write: (value) => (value === null ? [] : codec.write(value)),
  read: (texts) => (texts.length === 0 ? null : codec.read(texts)),
});

/** `~` parts fields and `=` parts key from value, so both are escaped inside a field; the link itself escapes the rest. */
const escapeField = (field: string): string => field.replace(/[%~=]/g, (mark) => ESCAPED[mark] ?? mark);
const ESCAPED: Readonly<Record<string, string>> = { '%': '%25', '~': '%7E', '=': '%3D' };

const unescapeField = (field: string): string =>
  field.replace(/%(25|7E|3D)/g, (mark) => UNESCAPED[mark] ?? mark);
const UNESCAPED: Readonly<Record<string, string>> = { '%25': '%', '%7E': '~', '%3D': '=' };

function pairs(fields: readonly string[]): [string, string][] {
  return fields.map((field) => {
    const at = field.indexOf('=');
    if (at < 1) throw new Error(`expected name=value, got ${quoted(field)}`);
    return [unescapeField(field.slice(0, at)), unescapeField(field.slice(at + 1))];
  });
}

/**
 * `method~name~parameter=value~…`, one per lane; a trained variant stands among the parameters as `@variant=id~@strength=0.5`. Lanes
 * get their ids by position.
 */
export const lanes: Codec<readonly Lane[]> = {
  write: (value) =>
    value.map((lane) =>
      [lane.method, lane.name, ...Object.entries(lane.parameters), ...deltaFields(lane)]
        .map((field) => (typeof field === 'string' ? escapeField(field) : writePair(field)))
        .join('~'),
    ),
  read: (texts) => {
    if (texts.length > LIMITS.lanes.max) {
      throw new Error(`expected at most ${LIMITS.lanes.max} lanes, got ${texts.length}`);
    }
    return texts.map((value, i) => readLane(value, `lane-${i + 1}`));
  },
};

/** No parameter of a method begins with this. */
const VARIANT = '@variant';
const STRENGTH = '@strength';

const deltaFields = ({ delta }: Lane): [string, ParameterValue][] =>
  delta
    ? [
        [VARIANT, delta.id],
        [STRENGTH, delta.strength],
      ]
    : [];

const writePair = ([key, value]: [string, ParameterValue]): string =>
  `${escapeField(key)}=${escapeField(String(value))}`;

function readLane(value: string, id: string): Lane {
  const [method = '', name = '', ...fields] = value.split('~');
  const spec = methodById(unescapeField(method));
  if (!spec) throw new Error(`expected a method of this version, got ${quoted(unescapeField(method))}`);
  const all = pairs(fields);
  const delta = readDelta(new Map(all));
  const given: Record<string, ParameterValue> = {};
  for (const [key, raw] of all) {
    if (key === VARIANT || key === STRENGTH) continue;
    const type = spec.parameters.find((parameter) => parameter.id === key)?.type;
    given[key] = type === 'number' ? Number(raw) : type === 'boolean' ? readBoolean(raw) : raw;
  }
  const parameters: Parameters = checkParameters(spec, given);
  const shown = unescapeField(name).trim().slice(0, LIMITS.laneNameCharacters);
  const lane = { id, name: shown === '' ? spec.title : shown, method: spec.id, parameters };
  return delta ? { ...lane, delta } : lane;
}

function readDelta(fields: ReadonlyMap<string, string>): LaneDelta | undefined {
  const id = fields.get(VARIANT);
  if (id === undefined) return undefined;
  return { id: text(60).read([id]), strength: number(0, 1, false).read([fields.get(STRENGTH) ?? '1']) };
}

const readBoolean = (raw: string): ParameterValue => (raw === 'true' ? true : raw === 'false' ? false : raw);

/** `attribute~value=share~…`, one per attribute whose target is not the default. */
export const targets: Codec<readonly Target[]> = {
  write: (value) =>
    value.map((target) =>
      [escapeField(target.attribute), ...Object.entries(target.shares).map(writePair)].join('~'),
    ),
  read: (texts) =>
    texts.map((value) => {
      const [attribute = '', ...fields] = value.split('~');
      const shares = pairs(fields).map(([id, raw]) => [id, number(0, 1, false).read([raw])] as const);
      const sum = shares.reduce((total, [, share]) => total + share, 0);
      if (Math.abs(sum - 1) > 1e-3) throw new Error(`expected shares that sum to 1, got ${sum.toFixed(3)}`);
      // Rounded shares in a hand-written link: the engine wants a sum of 1 to six decimals.
      const exact = shares.map(
        ([id, share]) => [id, Math.abs(sum - 1) > 1e-9 ? share / sum : share] as const,
      );
      return { attribute: unescapeField(attribute), shares: Object.fromEntries(exact) };
    }),
};
