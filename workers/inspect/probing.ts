import { sizeOf, type Tensor } from '../../src/core/tensor';
import type { AttentionMaps, MethodRun, PreparedMethod, StepInfo } from '../methods/method';
import { quantise } from './quantise';
import type { InspectedLayer, QuantisedMaps } from './types';

/** What was seen of one step, before its latent is made a picture. */
export interface RecordedStep {
  readonly index: number;
  readonly pass: number;
  readonly prompt: string;
  /** The guessed clean latent. */
  readonly clean: Tensor;
  readonly maps: readonly QuantisedMaps[];
}

export interface Recording {
  readonly steps: RecordedStep[];
  layers: readonly InspectedLayer[];
}

/**
 * The same method, with every step of one image written down. It draws what it would have drawn: the probes and hooks that are
 * added only look, and what the method asked for itself it gets as it asked for it.
 * @param rows of the text to probe; none for a UNet that gives no maps.
 */
export function recorded(
  method: PreparedMethod,
  index: number,
  rows: readonly number[],
  recording: Recording,
): PreparedMethod {
  const own = method.probes?.tokens ?? [];
  const tokens = [...new Set([...rows, ...own])].sort((a, b) => a - b);
  return {
    ...(tokens.length > 0 ? { probes: { tokens, from: 0, to: 1 } } : {}),
    image(slot) {
      const run = method.image(slot);
      return slot.index === index ? watched(run, own, rows, recording) : run;
    },
  };
}

function watched(
  run: MethodRun,
  own: readonly number[],
  rows: readonly number[],
  recording: Recording,
): MethodRun {
  let prompt = '';
  let maps: readonly QuantisedMaps[] = [];
  let asked: readonly string[] = [];
  return {
    ...bound(run),
    stepConditions(step, base) {
      const set = run.stepConditions?.(step, base) ?? base;
      prompt = set.cond?.prompt ?? '';
      return set;
    },
    plan(step) {
      const plan = run.plan?.(step) ?? {};
      asked = plan.probe ?? [];
      return rows.length > 0 ? { ...plan, probe: [...new Set([...asked, 'cond'])] } : plan;
    },
    onMaps(step, answered) {
      const { cond } = answered;
      if (cond) {
        const seen = only(cond, rows);
        recording.layers = seen.layers.map(({ maps: _, ...layer }) => layer);
        maps = seen.layers.map(quantise);
      }
      if (asked.length === 0) return undefined;
      return run.onMaps?.(
        step,
        Object.fromEntries(
          asked.flatMap((branch) => (answered[branch] ? [[branch, only(answered[branch], own)]] : [])),
        ),
      );
    },
    preStep(step, latent, prediction, denoised) {
      recording.steps.push(entry(step, prompt, denoised(), maps));
      maps = [];
      return run.preStep?.(step, latent, prediction, denoised) ?? latent;
    },
  };
}

/** Its hooks as functions of their own; spreading an object that has them by its class would lose them. */
function bound(run: MethodRun): MethodRun {
  return {
    ...(run.rewrite && { rewrite: (prompt) => run.rewrite!(prompt) }),
    ...(run.conditions && { conditions: (base) => run.conditions!(base) }),
    ...(run.onMiddle && { onMiddle: (step, middle) => run.onMiddle!(step, middle) }),
    ...(run.onSteering && { onSteering: (step, readings) => run.onSteering!(step, readings) }),
    ...(run.combine && { combine: (step, predictions) => run.combine!(step, predictions) }),
    ...(run.postStep && { postStep: (step, latent) => run.postStep!(step, latent) }),
    ...(run.nextPass && { nextPass: (pass) => run.nextPass!(pass) }),
    trace: () => run.trace(),
  };
}

function entry(
  { index, pass }: StepInfo,
  prompt: string,
  { data, dims }: Tensor,
  maps: readonly QuantisedMaps[],
): RecordedStep {
  return { index, pass, prompt, clean: { data: data.slice(0, sizeOf(dims)), dims }, maps };
}

/** The maps of these tokens, in this order. */
function only({ tokens, layers }: AttentionMaps, wanted: readonly number[]): AttentionMaps {
  const at = wanted.map((token) => tokens.indexOf(token));
  return {
    tokens: wanted,
    layers: layers.map((layer) => ({ ...layer, maps: at.map((position) => layer.maps[position]!) })),
  };
}
