import type { ModelInfo, RunRequest } from '../../workers/protocol';
import { type ErrorReport, EvenhandError, reportOf } from '../core/errors';
import { LIMITS } from './limits';
import { checkParameters, methodById } from './methods';
import { imageCountIssue, parseSeeds } from './seeds';
import type { Settings } from './settings';
import { allTargets } from './targets';
import { defaultsOf, type ModelChoice, variantIssue } from './variants';

export type RequestField =
  | 'prompt'
  | 'count'
  | 'seeds'
  | 'variant'
  | 'steps'
  | 'guidance'
  | 'batchSize'
  | 'lanes';

export interface RequestIssue {
  readonly field: RequestField;
  readonly message: string;
}

/**
 * What keeps these settings from being drawn, one sentence per field; empty when nothing does.
 * @param model the loaded model, or null while none can say which variants it has.
 */
export function issuesOf(settings: Settings, model: ModelChoice | null): readonly RequestIssue[] {
  const issues: RequestIssue[] = [];
  const check = (field: RequestField, message: string | null) => {
    if (message !== null) issues.push({ field, message });
  };
  check(
    'prompt',
    settings.prompt.trim() === '' ? 'The prompt is empty. Write what the pictures should show.' : null,
  );
  const countIssue = imageCountIssue(settings.count);
  const plan = parseSeeds(settings.seeds, countIssue === null ? settings.count : 1);
  check('count', plan.ok && plan.kind === 'list' ? null : countIssue);
  check('seeds', plan.ok ? null : plan.message);
  check('variant', model && variantIssue(model, settings.variant));
  check('steps', outside('Steps', settings.steps, LIMITS.steps, true));
  check('guidance', outside('The guidance scale', settings.guidance, LIMITS.guidance, false));
  check('batchSize', outside('The batch size', settings.batchSize, LIMITS.batchSize, true));
  check('lanes', settings.lanes.length === 0 ? 'There is no lane to draw in. Add one.' : null);
  return issues;
}

function outside(
  what: string,
  value: number | null,
  { min, max }: { min: number; max: number },
  whole: boolean,
): string | null {
  if (value === null) return null;
  const fits = Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value));
  return fits ? null : `${what} must be a ${whole ? 'whole ' : ''}number from ${min} to ${max}.`;
}

export type RequestAnswer =
  | { readonly ok: true; readonly request: RunRequest }
  | { readonly ok: false; readonly error: ErrorReport };

/** Settings as one request for this model. */
export function requestOf(settings: Settings, info: ModelInfo): RequestAnswer {
  const [issue] = issuesOf(settings, info);
  if (issue) {
    const code = issue.field === 'prompt' ? 'prompt-empty' : 'request-invalid';
    return refuse(new EvenhandError(code, issue.message, 'Change it and press Generate again.'));
  }
  const defaults = defaultsOf(info, settings.variant);
  const plan = parseSeeds(settings.seeds, settings.count);
  if (!plan.ok) return refuse(new EvenhandError('request-invalid', plan.message, 'Change the seeds.'));
  try {
    return {
      ok: true,
      request: {
        prompt: settings.prompt.trim(),
        seeds: plan.seeds,
        steps: settings.steps ?? defaults.steps,
        guidanceScale: settings.guidance ?? defaults.guidanceScale,
        scheduler: settings.scheduler ?? defaults.scheduler,
        ...(settings.variant === null ? {} : { variant: settings.variant }),
        batchSize: settings.batchSize,
        lanes: settings.lanes.map((lane) => {
          const spec = methodById(lane.method);
          return spec ? { ...lane, parameters: checkParameters(spec, lane.parameters) } : lane;
        }),
        targets: allTargets(info.attributes, settings.targets),
      },
    };
  } catch (error) {
    return refuse(error);
  }
}

const refuse = (error: unknown): RequestAnswer => ({ ok: false, error: reportOf(error) });
