import type { Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { dissect } from './anatomy';
import { createEdit } from './edit';
import { readModel } from './model';
import { floats, openSession, readExport } from './testing';

const SIZES = { height: 4, width: 10, tokens: 5 };
/** Every inner tensor as an output makes ONNX Runtime's start slow. */
const PATIENCE = 120_000;

it.each(['conv-script-14', 'conv-baddbmm-17', 'linear-script-20'])(
  'every shape followed through %s is the one that ONNX Runtime makes, at a size it was not exported for',
  async (name) => {
    const model = readModel(readExport(name), name);
    const { shapes, flow } = dissect(model, SIZES);
    const edit = createEdit(model, flow, shapes);
    const inner = model.graph.nodes
      .flatMap(({ outputs }) => outputs)
      .filter((tensor) => tensor !== 'out_sample');
    const outputs = new Map(
      inner.map((tensor) => {
        const output = edit.free('seen');
        edit.addOutput(
          output,
          tensor,
          (shapes.get(tensor)?.dims ?? []).map((_, axis) => `${output}_${axis}`),
        );
        return [tensor, output];
      }),
    );
    const session = await openSession(edit.write());
    const made: Readonly<Record<string, Tensor>> = await session.run({
      sample: floats(new Float32Array(2 * 4 * 4 * 10), [2, 4, 4, 10]),
      timestep: floats([1, 2], [2]),
      encoder_hidden_states: floats(new Float32Array(2 * 5 * 12), [2, 5, 12]),
    });
    await session.release();

    let counted = 0;
    for (const [tensor, output] of outputs) {
      const { dims, values } = shapes.get(tensor) ?? {};
      expect([tensor, dims]).toEqual([tensor, [...made[output]!.dims]]);
      if (!values) continue;
      expect([tensor, values.map(Math.fround)]).toEqual([
        tensor,
        Array.from(made[output]!.data as Float32Array),
      ]);
      counted++;
    }
    expect(outputs.size).toBeGreaterThan(1000);
    expect(counted).toBeGreaterThan(400);
  },
  PATIENCE,
);
