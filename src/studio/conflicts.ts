import { findPeople, tellsAttribute } from '../../workers/methods/language';
import type { MethodSpec } from '../../workers/methods/method';
import { chosenAttributes } from '../../workers/methods/sharedParameters';
import type { Capability } from '../../workers/methods/unet';
import { guidanceIsOn } from '../../workers/pipeline/guidance';
import type { DeltaInfo, Lane, ModelInfo } from '../../workers/protocol';
import { methodById } from './methods';
import type { KeptProjector } from './projectors/keep';
import type { Settings } from './settings';
import { titleOfVariant } from './variants';

/** What keeps a lane from doing what its method is for, known before anything is drawn. */
export interface Conflict {
  /** 'stops': the lane will fail, the others go on. 'idle': it will draw the base model. 'note': it works, but not as usual. */
  readonly kind: 'stops' | 'idle' | 'note';
  /** What and why. */
  readonly text: string;
  /** What to do about it; empty where that goes without saying. */
  readonly next: string;
}

export interface ConflictContext {
  readonly settings: Pick<Settings, 'prompt' | 'guidance' | 'variant'>;
  /** null while none is loaded: then nothing is held against it. */
  readonly model: Pick<
    ModelInfo,
    'title' | 'hash' | 'attributes' | 'capabilities' | 'defaults' | 'variants'
  > | null;
  /** null until they have been read. */
  readonly projectors: readonly Pick<KeptProjector, 'id' | 'name' | 'model'>[] | null;
  /** Trained variants that lanes can name here; null until they have been read. */
  readonly deltas: readonly DeltaInfo[] | null;
}

/**
 * The one place that holds a lane against the settings, the model and what is kept in this browser. Everything is derived from the
 * method's spec; the engine refuses the same lanes in its own words.
 */
export function conflictsOf(lane: Lane, context: ConflictContext): readonly Conflict[] {
  const spec = methodById(lane.method);
  if (!spec) return [stops(`This version has no method “${lane.method}”.`, 'Choose another method.')];
  // In the order in which the engine finds them: what the model cannot give comes first, and a lane that is idle asks for nothing more.
  const inside = missingInside(spec, context);
  if (inside.length > 0) return inside;
  const variant = variantTrouble(lane, context);
  if (variant.some(({ kind }) => kind === 'stops')) return variant;
  const [idle] = [...nobodyThere(spec, context), ...noWeights(spec, lane)];
  if (idle) return [...variant, idle];
  return [
    ...variant,
    ...projectorTrouble(spec, lane, context),
    ...toldAlready(spec, lane, context),
    ...notRead(spec, lane, context),
    ...withoutGuidance(spec, context),
  ];
}

const stops = (text: string, next: string): Conflict => ({ kind: 'stops', text, next });
const note = (text: string, next = ''): Conflict => ({ kind: 'note', text, next });

/** What keeps the trained variant of a lane from drawing. */
function variantTrouble({ delta }: Lane, { settings, model, deltas }: ConflictContext): Conflict[] {
  if (!delta) return [];
  const info = deltas?.find(({ id }) => id === delta.id);
  if (!model || !deltas) return [];
  if (!info) {
    return [
      stops(
        `The trained variant “${delta.id}” is neither this model’s nor kept in this browser.`,
        'Open Tune to choose another, or import its file.',
      ),
    ];
  }
  if (info.problem) return [stops(info.problem.message, info.problem.nextStep)];
  if (delta.strength === 0) {
    return [note('At strength 0 the variant changes nothing: this lane draws as the model by itself.')];
  }
  if (info.drawsWith.includes(settings.variant)) return [];
  const drawn = titleOfVariant(model, settings.variant ?? undefined) ?? 'the full model';
  return [
    stops(
      `“${info.name}” was not made for ${drawn}, which draws now.`,
      'Draw with another one under Model, or choose another variant.',
    ),
  ];
}

const INSIDE: Readonly<Record<Capability, string>> = {
  splitText: 'keys and values of different text',
  probes: 'the attention that words get',
  steering: 'the outputs of the cross-attentions',
  middle: 'the middle of the UNet',
};

function missingInside({ title, needs = [] }: MethodSpec, { model }: ConflictContext): Conflict[] {
  const missing = model ? needs.filter((need) => !model.capabilities.includes(need)) : [];
  if (missing.length === 0 || !model) return [];
  const what = missing.map((need) => INSIDE[need]).join(' and ');
  return [
    stops(`${title} needs ${what}, which ${model.title} does not give.`, 'Choose another method or model.'),
  ];
}

function projectorTrouble(spec: MethodSpec, lane: Lane, { model, projectors }: ConflictContext): Conflict[] {
  return spec.parameters.flatMap(({ type, id }) => {
    if (type !== 'projector') return [];
    const chosen = String(lane.parameters[id] ?? '');
    if (chosen === '') {
      return [
        stops(
          `${spec.title} needs a trained projector, and none is chosen.`,
          'Open Tune to train or choose one.',
        ),
      ];
    }
    if (projectors === null) return [];
    const kept = projectors.find((projector) => projector.id === chosen);
    if (!kept) {
      return [
        stops(
          `The projector ${chosen} is not kept in this browser.`,
          'Open Tune to import its file, choose another, or train one.',
        ),
      ];
    }
    if (!model || !kept.model || kept.model.hash === model.hash) return [];
    return [
      stops(
        `The projector “${kept.name}” was trained on another model (${kept.model.title}).`,
        'Open Tune to choose one of this model, or train one.',
      ),
    ];
  });
}

/** Methods that give people values, or edit what people are. */
const isAboutPeople = ({ parameters, audited }: MethodSpec): boolean =>
  audited === true || parameters.some(({ id, type }) => id === 'attribute' || type === 'projector');

/** An audited method does as much as its weights say, and they are 0 until an audit finds some. */
function noWeights(spec: MethodSpec, lane: Lane): Conflict[] {
  if (!spec.audited) return [];
  const weights = spec.parameters.filter(
    (parameter) => parameter.type === 'number' && parameter.default === 0,
  );
  if (weights.some(({ id }) => Number(lane.parameters[id] ?? 0) !== 0)) return [];
  return [
    {
      kind: 'idle',
      text: 'All weights are 0, so this lane will draw the base model.',
      next: 'Open Tune to find weights for this prompt, or set some.',
    },
  ];
}

function nobodyThere(spec: MethodSpec, { settings: { prompt } }: ConflictContext): Conflict[] {
  if (prompt.trim() === '' || !isAboutPeople(spec) || findPeople(prompt).length > 0) return [];
  return [
    {
      kind: 'idle',
      text: 'The prompt names no person that this method knows, so this lane will draw the base model.',
      next: 'Name somebody, for example “a doctor”.',
    },
  ];
}

const attributesOf = (spec: MethodSpec, lane: Lane) =>
  spec.parameters.some(({ id }) => id === 'attribute')
    ? chosenAttributes(String(lane.parameters.attribute ?? ''))
    : [];

function toldAlready(spec: MethodSpec, lane: Lane, { settings: { prompt } }: ConflictContext): Conflict[] {
  const told = attributesOf(spec, lane).filter((attribute) => tellsAttribute(prompt, attribute));
  if (told.length === 0) return [];
  return [
    note(`The prompt itself tells the ${told.join(' and the ')}, and what it tells is mostly left as it is.`),
  ];
}

function notRead(spec: MethodSpec, lane: Lane, { model }: ConflictContext): Conflict[] {
  if (!model) return [];
  const unread = attributesOf(spec, lane).filter((id) => !model.attributes.some((known) => known.id === id));
  if (unread.length === 0) return [];
  return [
    note(
      `${model.title} reads no ${unread.join(' and no ')} from its pictures, so what this lane does cannot be counted.`,
    ),
  ];
}

function withoutGuidance(spec: MethodSpec, { settings: { guidance } }: ConflictContext): Conflict[] {
  if (spec.acts !== 'guidance' || guidance === null || guidanceIsOn(guidance)) return [];
  return [
    note(
      'This run has no guidance, so the method measures what it adds from the prompt itself; its numbers were made for guidance.',
      'A guidance scale above 1, on the full model, is what it was made for.',
    ),
  ];
}
