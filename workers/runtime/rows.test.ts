import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createWasmRuntime } from '../../bench/lib/wasmRuntime';
import { PEOPLE, TINY } from '../testing/tiny';
import { createNodeRuntime } from './node';
import { port } from './runtime';

/** What sharing between lanes row by row rests on: on the CPU a sample's answer does not depend on what else is in its batch. */
describe.each([TINY, PEOPLE].filter((folder) => existsSync(`${folder}/manifest.json`)))('%s', (folder) => {
  it.each([
    ['Node', createNodeRuntime],
    ['wasm', createWasmRuntime],
  ])(
    'answers a sample to the bit alike in batches of 2, 3 and 5, in %s',
    async (_, create) => {
      const runtime = await create(2);
      expect(runtime.rowsStandAlone).toBe(true);
      const graph = await runtime.open(new Uint8Array(readFileSync(`${folder}/unet/model.onnx`)), 'unet');
      const { sample_size: side } = JSON.parse(readFileSync(`${folder}/unet/config.json`, 'utf8'));
      const width = Number(port(graph.inputs, 'encoder_hidden_states').dims[2]);
      const channels = Number(port(graph.inputs, 'sample').dims[1]);
      const [latent, text] = [channels * side * side, 77 * width];
      const wave = (rows: readonly number[], size: number) =>
        Float32Array.from(
          rows.flatMap((row) => Array.from({ length: size }, (_, i) => Math.sin(i * (0.7 + row * 0.013)))),
        );
      const ask = async (rows: readonly number[]) => {
        const outputs = await graph.run({
          sample: { data: wave(rows, latent), dims: [rows.length, channels, side, side] },
          timestep: { numbers: rows.map(() => 500), dims: [rows.length] },
          encoder_hidden_states: { data: wave(rows, text), dims: [rows.length, 77, width] },
        });
        const { data } = outputs[graph.outputs[0]!.name]!;
        return rows.map((_, i) => data.slice(i * latent, (i + 1) * latent));
      };
      const whole = await ask([0, 1, 2, 3, 4]);
      for (const rows of [
        [4, 0],
        [2, 1, 3],
      ]) {
        expect(await ask(rows)).toEqual(rows.map((row) => whole[row]));
      }
      await graph.close();
    },
    120_000,
  );
});
