import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EvenhandError } from '../errors';
import { createScheduler, SCHEDULER_IDS, schedulerIdOf } from './index';

const SD = {
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  clip_sample: false,
  set_alpha_to_one: true,
  skip_prk_steps: true,
};
const still = () => new Float32Array(2);
const number = fc.float({ min: -3, max: 3, noNaN: true });

describe('what holds for any schedule', () => {
  it.each(SCHEDULER_IDS)(
    '%s recovers the clean latent from its own noise, for each prediction type',
    (id) => {
      fc.assert(
        fc.property(number, number, fc.integer({ min: 0, max: 7 }), (clean, noise, i) => {
          for (const prediction_type of ['epsilon', 'v_prediction', 'sample']) {
            const scheduler = createScheduler(id, { ...SD, prediction_type }, 8);
            const x0 = Float32Array.of(clean);
            const latent = scheduler.addNoise(x0, Float32Array.of(noise), i);
            const bar = scheduler.alphaBarAt(i);
            const velocity = Math.sqrt(bar) * noise - Math.sqrt(1 - bar) * clean;
            const output = { epsilon: noise, v_prediction: velocity, sample: clean }[prediction_type]!;
            const found = scheduler.denoised(Float32Array.of(output), i, latent)[0]!;
            expect(Math.abs(found - clean)).toBeLessThan(1e-4);
          }
        }),
      );
    },
  );

  it('DDIM is Euler on the same ODE: their latents differ by sqrt(1 + sigma^2) only', () => {
    const config = { ...SD, timestep_spacing: 'leading', steps_offset: 1, set_alpha_to_one: true };
    const [ddim, euler] = [createScheduler('ddim', config, 10), createScheduler('euler', config, 10)];
    fc.assert(
      fc.property(number, number, fc.integer({ min: 0, max: 8 }), (x, eps, i) => {
        const latent = Float32Array.of(x * Math.sqrt(1 / euler.alphaBarAt(i)));
        const prediction = Float32Array.of(eps);
        const viaEuler = euler.scaleInput(euler.walk(still).step(prediction, i, latent), i + 1)[0]!;
        const viaDdim = ddim.walk(still).step(prediction, i, Float32Array.of(x))[0]!;
        expect(Math.abs(viaEuler - viaDdim)).toBeLessThan(1e-5);
      }),
    );
  });

  it.each(SCHEDULER_IDS)('%s only gains signal on the way, and never writes to its inputs', (id) => {
    const scheduler = createScheduler(id, SD, 12);
    const bars = Array.from({ length: scheduler.timesteps.length + 1 }, (_, i) => scheduler.alphaBarAt(i));
    expect(bars).toEqual([...bars].sort((a, b) => a - b));
    expect(bars.at(-1)).toBe(1);
    const [prediction, latent] = [Float32Array.of(0.5, -1), Float32Array.of(2, 3)];
    scheduler.walk(still).step(prediction, 0, latent);
    scheduler.denoised(prediction, 0, latent);
    scheduler.scaleInput(latent, 0);
    expect([...prediction, ...latent]).toEqual([0.5, -1, 2, 3]);
  });
});

describe('what differs between schedulers', () => {
  const walkOf = (
    id: 'pndm' | 'dpm-solver' | 'lcm' | 'euler-ancestral',
    noise: (i: number) => Float32Array,
  ) => {
    const scheduler = createScheduler(id, SD, 4);
    const walk = scheduler.walk(noise);
    let latent = Float32Array.of(1, -1);
    scheduler.timesteps.forEach((_, i) => {
      latent = Float32Array.from(walk.step(Float32Array.of(0.3 * i, 0.1), i, latent));
    });
    return [...latent];
  };

  it.each(['lcm', 'euler-ancestral'] as const)(
    '%s is drawn from the noise it is given, step by step',
    (id) => {
      const asked: number[] = [];
      const noise = (i: number) => {
        asked.push(i);
        return Float32Array.of(i, -i);
      };
      expect(walkOf(id, noise)).toEqual(walkOf(id, noise));
      expect(asked.slice(0, asked.length / 2)).toEqual(id === 'lcm' ? [0, 1, 2] : [0, 1, 2, 3]);
      expect(walkOf(id, noise)).not.toEqual(walkOf(id, () => Float32Array.of(1, 1)));
    },
  );

  it.each(['pndm', 'dpm-solver'] as const)(
    '%s adds no noise, and a walk remembers nothing of another',
    (id) => {
      const none = () => {
        throw new Error('no noise is due');
      };
      expect(walkOf(id, none)).toEqual(walkOf(id, none));
    },
  );

  it.each(SCHEDULER_IDS)('%s may set out at a later step', (id) => {
    const scheduler = createScheduler(id, SD, 4);
    const last = scheduler.timesteps.length - 1;
    for (let from = 1; from <= last; from++) {
      const walk = scheduler.walk(() => Float32Array.of(0, 0));
      const next = walk.step(Float32Array.of(0.3, 0.1), from, Float32Array.of(1, -1));
      expect([...next].every(Number.isFinite)).toBe(true);
    }
  });

  it('LCM takes no more steps than it was distilled on', () => {
    expect(() => createScheduler('lcm', { original_inference_steps: 8 }, 9)).toThrow('from 1 to 8');
  });
});

describe('what cannot be followed is refused in a sentence', () => {
  it.each([
    ['euler', { use_karras_sigmas: true }, 'use_karras_sigmas = true'],
    ['euler', { use_beta_sigmas: true }, 'use_beta_sigmas'],
    ['euler', { interpolation_type: 'log_linear' }, 'interpolation_type = "log_linear"'],
    ['euler', { timestep_type: 'continuous' }, 'timestep_type'],
    ['pndm', { skip_prk_steps: false }, 'skip_prk_steps = false'],
    ['dpm-solver', { algorithm_type: 'sde-dpmsolver++' }, 'algorithm_type = "sde-dpmsolver++"'],
    ['dpm-solver', { solver_order: 3 }, 'solver_order = 3'],
    ['dpm-solver', { lambda_min_clipped: -5.1 }, 'lambda_min_clipped'],
    ['dpm-solver', { use_karras_sigmas: true }, 'use_karras_sigmas'],
    ['lcm', { thresholding: true }, 'thresholding'],
    ['ddim', { thresholding: true }, 'thresholding'],
    ['ddim', { beta_schedule: 'sigmoid' }, 'it knows linear, scaled_linear, squaredcos_cap_v2'],
    ['ddim', { prediction_type: 'flow' }, 'prediction_type = "flow"'],
    ['ddim', { timestep_spacing: 7 }, 'timestep_spacing = 7'],
    ['ddim', { beta_start: 'small' }, 'beta_start = "small"'],
    ['ddim', { clip_sample: 'no' }, 'clip_sample'],
    ['ddim', { trained_betas: [0.1, 'x'] }, 'trained_betas'],
    ['ddim', { num_train_timesteps: 0.5 }, 'num_train_timesteps'],
    ['ddim', { rescale_betas_zero_snr: true, timestep_spacing: 'trailing' }, 'prediction_type'],
  ] as const)('%s with %j', (id, config, sentence) => {
    const attempt = () => createScheduler(id, config, 4);
    expect(attempt).toThrow(EvenhandError);
    expect(attempt).toThrow(
      expect.objectContaining({ code: 'model-unsupported', message: expect.stringContaining(sentence) }),
    );
  });

  it('null means the default, and keys of other schedulers are ignored', () => {
    const config = { trained_betas: null, use_karras_sigmas: true, skip_prk_steps: true };
    expect(createScheduler('ddim', config, 2).timesteps).toEqual([500, 0]);
  });

  it.each([0, 1.5, 1001, Number.NaN])('%s steps', (steps) => {
    expect(() => createScheduler('ddim', {}, steps)).toThrow(
      expect.objectContaining({ code: 'request-invalid' }),
    );
  });

  it('an offset that would leave the training timesteps', () => {
    const attempt = () => createScheduler('ddim', { steps_offset: 1 }, 1000);
    expect(attempt).toThrow(expect.objectContaining({ code: 'request-invalid' }));
  });

  it('a step or an array that does not belong to the schedule', () => {
    const scheduler = createScheduler('ddim', SD, 4);
    const { step } = scheduler.walk(still);
    expect(() => step(new Float32Array(2), 4, new Float32Array(2))).toThrow('steps 0..3, got step 4');
    expect(() => step(new Float32Array(2), 0, new Float32Array(3))).toThrow('equally long');
  });

  it('a scheduler class of another family', () => {
    expect(schedulerIdOf({ _class_name: 'PNDMScheduler' })).toBe('pndm');
    expect(schedulerIdOf({ _class_name: 'LCMScheduler' })).toBe('lcm');
    expect(schedulerIdOf({ _class_name: 'EulerDiscreteScheduler' })).toBe('euler');
    expect(() => schedulerIdOf({ _class_name: 'FlowMatchEulerDiscreteScheduler' })).toThrow('FlowMatch');
    expect(() => schedulerIdOf({})).toThrow('_class_name = nothing');
  });
});
