import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { instrument, type Wanted } from '../workers/onnx/instrument';
import { createNodeRuntime } from '../workers/runtime/node';
import type { Feed, Graph } from '../workers/runtime/runtime';
import { readOptions } from './lib/options';
import { feedsOf } from './lib/unetFeeds';
import { createWasmRuntime } from './lib/wasmRuntime';

/** What each kind of port costs while nobody uses it. */
const KINDS: Readonly<Record<string, Wanted>> = {
  'as it is': {},
  splitText: { splitText: true },
  middle: { middle: true },
  probes: { probes: true },
  steering: { steering: true },
  'all but steering': { splitText: true, probes: true, middle: true },
  everything: { splitText: true, probes: true, middle: true, steering: true },
};

/**
 * Times one call of the UNet and the opening of it, instrumented in several ways, everything off.
 *   node scripts/run.mjs bench/instrumenting.ts --runtime wasm --batch 4 --calls 20
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    ...{ unet: 'public/models/people/unet/model.onnx', runtime: 'wasm', batch: '4', calls: '20' },
    threads: String(availableParallelism()),
  });
  const threads = Number(options.threads);
  const runtime = await (options.runtime === 'wasm'
    ? createWasmRuntime(threads)
    : createNodeRuntime(threads));
  const bytes = new Uint8Array(readFileSync(options.unet));
  const batch = Number(options.batch);
  const sizes = { height: 16, width: 16, tokens: 77 };

  const opened: { name: string; graph: Graph; feeds: Record<string, Feed>; times: number[] }[] = [];
  for (const [name, wanted] of Object.entries(KINDS)) {
    const start = performance.now();
    const { bytes: made, ports, anatomy } = instrument(bytes, wanted, { sizes });
    const instrumented = performance.now();
    const graph = await runtime.open(made, name);
    const end = performance.now();
    console.log(
      `${name}: instrumenting ${(instrumented - start).toFixed(0)} ms, opening ${(end - instrumented).toFixed(0)} ms`,
    );
    const { crossAttentions } = anatomy;
    if (opened.length === 0) console.log(anatomy.summary, crossAttentions.length);
    opened.push({
      name,
      graph,
      feeds: feedsOf(graph, ports, batch, anatomy.middle?.channels ?? 1),
      times: [],
    });
  }
  // In turns, so that whatever else the machine does meets all alike.
  for (let call = 0; call <= Number(options.calls); call++) {
    for (const { graph, feeds, times } of opened) {
      const start = performance.now();
      await graph.run(feeds, [graph.outputs[0]!.name]);
      if (call > 0) times.push(performance.now() - start);
    }
  }
  const median = (times: number[]) => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  const plain = median(opened[0]!.times);
  for (const { name, times } of opened) {
    const own = median(times);
    console.log(
      `${name}: ${own.toFixed(1)} ms a call of ${batch} (${((own / plain - 1) * 100).toFixed(1)} %)`,
    );
  }
}
