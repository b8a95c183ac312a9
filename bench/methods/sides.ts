import { neutralPrompt } from '../../src/core/world';
import { resolveParameters } from '../../workers/methods/parameters';
import { findSpec, METHOD_SPECS } from '../../workers/methods/specs';
import { identityOf } from '../../workers/testing/identity';
import type { DrawSettings } from '../model/jobs';
import { type Arm, BASE } from './arms';
import { type Found, TOGETHER } from './expectations';
import { type Answer, type IdentityJob, keyOf, type TogetherJob } from './jobs';

/** What is measured beside the lanes: methods told to do nothing, and what several lanes save in one run. */
export interface Sides {
  readonly jobs: readonly (IdentityJob | TogetherJob)[];
  evaluate(answers: ReadonlyMap<string, Answer>): Pick<Found, 'identities' | 'together'>;
}

/** Of a variant: what holds for the model holds for it. */
export const NO_SIDES: Sides = { jobs: [], evaluate: () => ({ identities: [] }) };

/** @param projector the id of the one that lanes may name. */
export function sidesOf(arms: readonly Arm[], settings: DrawSettings, projector: string): Sides {
  const methods = new Set(arms.map(({ method }) => method));
  const identities = identityJobs(methods, settings);
  const together = togetherJob(methods, settings, projector);
  return {
    jobs: [...identities, ...(together ? [together] : [])],
    evaluate(answers) {
      const cost = together && answers.get(keyOf(together));
      return {
        identities: identities.flatMap((job) => {
          const answer = answers.get(keyOf(job));
          return answer?.kind === 'identity' ? [{ method: job.method, same: answer.same }] : [];
        }),
        ...(cost?.kind === 'together' && {
          together: { together: cost.together, apart: cost.apart, n: together!.seeds.length },
        }),
      };
    },
  };
}

function identityJobs(methods: ReadonlySet<string>, settings: DrawSettings): readonly IdentityJob[] {
  return METHOD_SPECS.filter(({ id }) => id !== BASE.method && methods.has(id)).flatMap(
    (spec): IdentityJob[] => {
      const identity = identityOf(spec);
      if (!identity) return [];
      const { parameters, prompt = neutralPrompt('doctor') } = identity;
      return [{ kind: 'identity', method: spec.id, parameters, prompt, seeds: [1, 2], settings }];
    },
  );
}

/** Absent where one of the methods is not there. */
function togetherJob(
  methods: ReadonlySet<string>,
  settings: DrawSettings,
  projector: string,
): TogetherJob | undefined {
  if (!TOGETHER.every((id) => methods.has(id))) return undefined;
  const lanes = TOGETHER.map((method) => {
    const spec = findSpec(method)!;
    const takesOne = spec.parameters.some(({ type }) => type === 'projector');
    return { method, parameters: { ...resolveParameters(spec, {}), ...(takesOne && { projector }) } };
  });
  return { kind: 'together', lanes, prompt: neutralPrompt('doctor'), seeds: [1, 2, 3, 4], settings };
}
