import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TINY } from '../testing/tiny';
import { createNodeRuntime } from './node';
import { port } from './runtime';

describe('the runtime', () => {
  it('opens a graph, tells its ports, and feeds each the element type it wants', async () => {
    const runtime = await createNodeRuntime(1);
    const graph = await runtime.open(new Uint8Array(readFileSync(`${TINY}/text_encoder/model.onnx`)), 'text');
    expect(port(graph.inputs, 'input_ids').type).toBe('int64');
    expect(() => port(graph.inputs, 'pixels')).toThrow('it has input_ids');
    const ids = { numbers: new Array<number>(77).fill(3), dims: [1, 77] };
    const { last_hidden_state: hidden } = await graph.run({ input_ids: ids });
    expect(hidden?.data).toBeInstanceOf(Float32Array);
    expect(hidden?.dims.slice(0, 2)).toEqual([1, 77]);
    expect(graph.runMilliseconds()).toBeGreaterThan(0);
    await graph.close();
  });

  it('refuses bytes that are no graph, and names the file', async () => {
    const runtime = await createNodeRuntime(1);
    await expect(runtime.open(Uint8Array.of(1, 2, 3), 'unet/model.onnx')).rejects.toMatchObject({
      code: 'model-unsupported',
      message: expect.stringContaining('unet/model.onnx'),
    });
  });
});
