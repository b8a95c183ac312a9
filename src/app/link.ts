import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';
import { SCHEDULER_IDS } from '../core/schedulers';
import { LIMITS } from '../studio/limits';
import { defaultSettings, type Settings } from '../studio/settings';
import { type Codec, choice, lanes, number, optional, targets, text } from './linkCodecs';

/**
 * Raised when a link of this version would be misread by an older page. 2: a page of version 1 knows no variants; 3: one of version 2
 * knows no trained variants of lanes.
 */
export const LINK_VERSION = 3;

interface Field<K extends keyof Settings> {
  readonly name: string;
  readonly title: string;
  readonly codec: Codec<Settings[K]>;
}

/** The whole state in the link: name, type and (by defaultSettings) default. Reading and writing both run over this. */
const FIELDS: { readonly [K in keyof Settings]: Field<K> } = {
  prompt: { name: 'prompt', title: 'prompt', codec: text(LIMITS.promptCharacters) },
  count: { name: 'n', title: 'number of images', codec: number(LIMITS.images.min, LIMITS.images.max, true) },
  seeds: { name: 'seeds', title: 'seeds', codec: text(6000) },
  variant: { name: 'variant', title: 'variant', codec: optional(text(60)) },
  steps: { name: 'steps', title: 'steps', codec: optional(number(LIMITS.steps.min, LIMITS.steps.max, true)) },
  guidance: {
    name: 'guidance',
    title: 'guidance scale',
    codec: optional(number(LIMITS.guidance.min, LIMITS.guidance.max, false)),
  },
  scheduler: { name: 'scheduler', title: 'scheduler', codec: optional(choice(SCHEDULER_IDS)) },
  batchSize: {
    name: 'batch',
    title: 'batch size',
    codec: number(LIMITS.batchSize.min, LIMITS.batchSize.max, true),
  },
  backend: { name: 'backend', title: 'backend', codec: choice(['auto', 'webgpu', 'wasm']) },
  lanes: { name: 'lane', title: 'lanes', codec: lanes },
  targets: { name: 'target', title: 'targets', codec: targets },
  attribute: { name: 'attribute', title: 'attribute', codec: text(60) },
  cross: { name: 'cross', title: 'crossed attribute', codec: text(60) },
  view: { name: 'view', title: 'view', codec: choice(['columns', 'rows']) },
};

const KEYS = Object.keys(FIELDS) as readonly (keyof Settings)[];

export interface LinkReading {
  readonly settings: Settings;
  /** What could not be used, each a sentence; empty for a good link and for no link. */
  readonly problems: readonly ErrorReport[];
  /** Hash of the model that the link was made with, if it says so. */
  readonly model: string | null;
  /** False when the page was opened without any settings in its address. */
  readonly present: boolean;
}

/** Settings as the part of an address after `#`. Everything is written, so that a later default changes no old link. */
export function writeLink(settings: Settings, modelHash?: string): string {
  const parts = [part('v', String(LINK_VERSION))];
  if (modelHash) parts.push(part('model', modelHash.slice(0, 16)));
  const write = <K extends keyof Settings>(key: K) => {
    for (const value of FIELDS[key].codec.write(settings[key])) parts.push(part(FIELDS[key].name, value));
  };
  KEYS.forEach(write);
  return parts.join('&');
}

/** Half an emoji, which a cut or a paste can leave, would make encodeURIComponent throw. */
const wellFormed = (value: string): string => new TextDecoder().decode(new TextEncoder().encode(value));

/** As a person would want to read it in the address bar; URLSearchParams reads it back all the same. */
const part = (name: string, value: string): string =>
  `${name}=${encodeURIComponent(wellFormed(value)).replaceAll('%20', '+').replaceAll('%3D', '=').replaceAll('%2C', ',').replaceAll('%40', '@')}`;

/**
 * Settings from an address. Never throws: what cannot be read keeps its default and is named in `problems`.
 * The search part is read too (`?backend=wasm`); the hash wins.
 */
export function readLink(address: { readonly search: string; readonly hash: string }): LinkReading {
  const query = new URLSearchParams(address.search);
  const hash = new URLSearchParams(address.hash.replace(/^#/, ''));
  for (const name of new Set(hash.keys())) {
    query.delete(name);
    for (const value of hash.getAll(name)) query.append(name, value);
  }
  const fallback = { settings: defaultSettings(), model: query.get('model'), present: true };
  const version = query.get('v') ?? String(LINK_VERSION);
  if (!/^\d{1,6}$/.test(version)) {
    return { ...fallback, problems: [invalid(`its version reads “${version.slice(0, 20)}”`)] };
  }
  if (Number(version) > LINK_VERSION) return { ...fallback, problems: [newer(Number(version))] };

  let settings = fallback.settings;
  const problems: ErrorReport[] = [];
  let present = false;
  const read = <K extends keyof Settings>(key: K) => {
    const field = FIELDS[key];
    const values = query.getAll(field.name);
    if (values.length === 0) return;
    present = true;
    try {
      settings = { ...settings, [key]: field.codec.read(values) };
    } catch (error) {
      problems.push(invalid(`${field.title}: ${(error as Error).message.replace(/\.$/, '')}`));
    }
  };
  KEYS.forEach(read);
  return { settings, problems, model: fallback.model, present };
}

const invalid = (what: string): ErrorReport =>
  reportOf(
    new EvenhandError(
      'link-invalid',
      `One part of this link could not be used; ${what}.`,
      'The usual setting stands in its place and the rest of the link is kept.',
    ),
  );

const newer = (version: number): ErrorReport =>
  reportOf(
    new EvenhandError(
      'link-newer',
      `This link was made by a newer version of Evenhand (link version ${version}; this page reads ${LINK_VERSION}).`,
      'Reload to get the newest version. Until then the usual settings are shown, and the link stays in the address bar until you change one.',
    ),
  );
