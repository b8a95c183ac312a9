import { describe, expect, it } from 'vitest';
import type { MethodSpec } from '../../workers/methods/method';
import { attributeParameter } from '../../workers/methods/sharedParameters';
import { METHOD_SPECS } from '../../workers/methods/specs';
import type { DeltaInfo } from '../../workers/protocol';
import { armsOf, BASE, isBase, isMeasuredOn, methodNameOf, variantArms } from './arms';

const spec = (id: string, parameters: MethodSpec['parameters']): MethodSpec => ({
  ...{ id, title: id, summary: 'Made up.', evidence: 'ours', citation: 'none', relativeCost: 1, order: 0 },
  parameters,
});

describe('the arms', () => {
  it('hold every method but the base lane, each arm once', () => {
    const arms = armsOf();
    const methods = new Set(arms.map(({ method }) => method));
    expect([...methods].toSorted()).toEqual(
      METHOD_SPECS.map(({ id }) => id)
        .filter((id) => id !== 'base')
        .toSorted(),
    );
    expect(new Set(arms.map(({ id }) => id)).size).toBe(arms.length);
  });

  it('of a new method are one for each attribute it can be told, with all other parameters at their defaults', () => {
    const arms = armsOf([
      spec('new', [
        attributeParameter,
        { type: 'boolean', id: 'soft', title: 'Soft', help: '', default: true },
      ]),
    ]);
    expect(arms.map(({ id, parameters }) => [id, parameters])).toEqual([
      ['new (gender)', { attribute: 'gender', soft: true }],
      ['new (tone)', { attribute: 'tone', soft: true }],
      ['new (gender-tone)', { attribute: 'gender-tone', soft: true }],
    ]);
    expect(armsOf([spec('plain', [])])).toEqual([{ id: 'plain', method: 'plain', parameters: {} }]);
  });

  it('of RS-Corrector are its three guidances, each with a projector to come; of UCE its weights with and without the loop', () => {
    const of = (method: string) => armsOf().filter((arm) => arm.method === method);
    expect(of('rs-corrector').map(({ needs, parameters }) => [needs, parameters.mode])).toEqual(
      ['prior', 'direct', 'both'].map((mode) => ['projector', mode]),
    );
    expect(new Set(of('uce').map(({ needs }) => needs))).toEqual(new Set(['audit', 'one-round']));
    expect(of('uce').map(methodNameOf)).toContain('uce one round');
  });

  it('of trained variants are the base method with other weights, told by content; those that do not fit are left out', () => {
    const info = (id: string, problem: DeltaInfo['problem'] = null): DeltaInfo => ({
      ...{
        id,
        name: id,
        card: null,
        problem,
        tokens: [],
        drawsWith: [null],
        bytes: 1,
        hash: `hash of ${id}`,
      },
    });
    const problem = { code: 'model-unsupported' as const, message: '', nextStep: '' };
    const [arm, ...rest] = variantArms([info('ddm'), info('old', problem)]);
    expect(rest).toEqual([]);
    expect(arm).toMatchObject({ id: 'variant ddm', method: 'base' });
    expect(arm!.delta).toEqual({ id: 'ddm', strength: 1, hash: 'hash of ddm' });
    expect([isBase(arm!), isBase(BASE)]).toEqual([false, true]);
    expect(isMeasuredOn(arm!, 'tone')).toBe(true);
  });

  it('are measured on what they are told, and on everything if they are told nothing', () => {
    const [told, , crossed] = armsOf([spec('new', [attributeParameter])]);
    expect([
      isMeasuredOn(told!, 'gender'),
      isMeasuredOn(told!, 'tone'),
      isMeasuredOn(crossed!, 'gender'),
    ]).toEqual([true, false, false]);
    expect(isMeasuredOn({ id: 'x', method: 'x', parameters: {} }, 'gender-tone')).toBe(true);
  });
});
