import { EvenhandError } from '../../../src/core/errors';
import { createPrng } from '../../../src/core/rng';
import type { Tensor } from '../../../src/core/tensor';
import { classify } from '../../projector/groups';
import { checkFits } from '../../projector/identity';
import { pool } from '../../projector/pool';
import type { Projector } from '../../projector/types';
import type { Parameters } from '../../protocol';
import { findPeople } from '../language';
import type { ImageSlot, MethodHost, MethodRun, StartMethod, StepInfo } from '../method';
import { noHooks } from '../noHooks';
import { choiceOf, numberOf } from '../parameters';
import { type Corrector, type CorrectorSettings, createCorrector } from './corrector';

/** The gradient runs through the small projector alone, never through the UNet, so no UNet evaluation is added. */
export const start: StartMethod = async (host, parameters) => {
  const share = numberOf(parameters, 'last');
  const settings = settingsOf(parameters);
  if (settings.strength === 0 || share === 0) {
    return noHooks('No step is moved, so this is the base model.');
  }
  const people = findPeople(host.prompt);
  if (people.length === 0)
    return noHooks('The prompt names no person, so there is no stereotype to correct.');

  const projector = projectorOf(host, parameters);
  const correctors = projector.groups.map((group) => createCorrector(projector, group, settings));
  const several = people.length > 1 || people.some(({ plural }) => plural);
  const notes = {
    projector: projector.name,
    ...(several && {
      'made for one person': 'The prompt names several, and the projector looks at the picture as a whole.',
    }),
  };
  const lane = { projector, correctors, share, spares: parameters.gated === true, notes };
  return { image: (slot) => imageRun(slot, lane) };
};

function settingsOf(parameters: Parameters): CorrectorSettings {
  const mode = choiceOf(parameters, 'mode');
  return {
    mode: mode === 'prior' || mode === 'direct' ? mode : 'both',
    strength: numberOf(parameters, 'strength'),
    directWeight: numberOf(parameters, 'directWeight'),
    rounds: Math.round(numberOf(parameters, 'rounds')),
    along: choiceOf(parameters, 'along') === 'gradient' ? 'gradient' : 'pictures',
  };
}

/** @throws EvenhandError 'method-parameter' when there is none, or it was trained on another model. */
function projectorOf(host: MethodHost, parameters: Parameters): Projector {
  const id = choiceOf(parameters, 'projector');
  if (id === '') {
    throw new EvenhandError(
      'method-parameter',
      'RS-Corrector needs a projector, and none is chosen.',
      'Open Tune on this lane and train one: on the drawn world it takes about a minute.',
    );
  }
  const projector = host.projector(id);
  if (!projector) {
    throw new EvenhandError(
      'method-parameter',
      `The projector ${id} is not kept in this browser.`,
      'Open Tune on this lane and choose another, import its file, or train one.',
    );
  }
  checkFits(projector, host.model);
  return projector;
}

interface Lane {
  readonly projector: Projector;
  /** By group. */
  readonly correctors: readonly (Corrector | undefined)[];
  /** Of the steps that are moved, at the end. */
  readonly share: number;
  /** Moves are shortened by how fair the picture looks. */
  readonly spares: boolean;
  readonly notes: Readonly<Record<string, string>>;
}

function imageRun(slot: ImageSlot, { projector, correctors, share, spares, notes }: Lane): MethodRun {
  const random = createPrng(slot.seed);
  const { classifier } = projector;
  let previous: Tensor | undefined;
  let group: number | undefined;
  let before: number | undefined;
  let after: number | undefined;
  /** Length that is left to go. */
  let left: number | undefined;

  return {
    preStep(step, latent, _prediction, denoised) {
      const last = previous;
      previous = latent;
      if (!isLate(step, share) || !last) return latent;
      group ??= classifier ? classify(classifier, pool(denoised(latent))) : 0;
      const corrector = correctors[group];
      if (!corrector) return latent;
      before ??= corrector.stereotype(denoised(latent));
      left ??= spares ? corrector.reach(denoised(latent)) : Number.POSITIVE_INFINITY;
      const { latent: moved, length } = corrector.correct(latent, last, denoised, left, random);
      previous = moved;
      left -= length;
      after = corrector.stereotype(denoised(previous));
      return previous;
    },
    trace() {
      if (group === undefined) return { notes };
      const { title } = projector.groups[group]!;
      if (before === undefined || after === undefined) {
        return {
          notes: { ...notes, group: title, unchanged: `The projector knows no stereotype of “${title}”.` },
        };
      }
      return { notes: { ...notes, group: title, 'stereotype before': before, 'stereotype after': after } };
    },
  };
}

/** The first step of all is never late: there is no step before it whose length could be taken. */
function isLate({ index, total }: StepInfo, share: number): boolean {
  return index >= total - Math.ceil(share * total);
}
