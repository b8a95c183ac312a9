import { execFile } from 'node:child_process';
import { openAsBlob, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { readHeader } from '../workers/models/header';
import { instrument } from '../workers/onnx/instrument';
import { createNodeRuntime } from '../workers/runtime/node';
import type { Feed, Graph } from '../workers/runtime/runtime';
import { readOptions } from './lib/options';
import { type Figure, figure, writeReport } from './lib/report';
import { feedsOf } from './lib/unetFeeds';
import { createWasmRuntime } from './lib/wasmRuntime';

const RUNTIMES = ['node', 'wasm'] as const;
/** What methods ask for; steering adds nothing to memory. */
const WANTED = { splitText: true, probes: true, middle: true };

/** Of one runtime, in a process of its own, so that the peak is its own. */
interface Measured {
  readonly figures: readonly Figure[];
  readonly summary: string;
  /** Why it went no further. */
  readonly stopped?: string;
}

/**
 * A UNet of a real model's size: read, instrumented, opened and run for one step, with its peak of memory.
 *   python -m training.golden.own_model --full FOLDER && node scripts/run.mjs bench/fullSize.ts --unet FOLDER/unet/model.onnx
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    unet: '',
    as: 'full-size',
    runtime: '',
    side: '64',
    batch: '1',
    calls: '2',
  });
  const { unet, side, batch, calls } = options;
  if (!unet) throw new RangeError('Say which file: --unet FOLDER/unet/model.onnx');
  const sizes = { side: Number(side), batch: Number(batch), calls: Number(calls) };
  if (options.runtime) {
    process.stdout.write(`\n${JSON.stringify(await measure(unet, options.runtime, sizes))}\n`);
    return;
  }
  const found: Record<string, Measured> = {};
  for (const runtime of RUNTIMES) {
    found[runtime] = await measureApart([...args, '--runtime', runtime]);
    console.log(runtime, found[runtime].summary, found[runtime].stopped ?? '');
  }
  writeReport(
    options.as,
    `node scripts/run.mjs bench/fullSize.ts --unet FOLDER/unet/model.onnx --side ${side} --batch ${batch}`,
    Object.entries(found).flatMap(([runtime, { figures }]) =>
      figures.map((own) => ({ ...own, name: `${runtime}: ${own.name}` })),
    ),
    {
      stopped: Object.fromEntries(
        Object.entries(found).map(([runtime, { stopped }]) => [runtime, stopped ?? null]),
      ),
      model: found.node!.summary,
    },
  );
}

async function measureApart(args: readonly string[]): Promise<Measured> {
  const command = ['scripts/run.mjs', 'bench/fullSize.ts', ...args];
  const { stdout } = await promisify(execFile)('node', command, { maxBuffer: 2 ** 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

interface Sizes {
  readonly side: number;
  readonly batch: number;
  readonly calls: number;
}

async function measure(path: string, name: string, { side, batch, calls }: Sizes): Promise<Measured> {
  const figures: Figure[] = [];
  const timed = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
    const start = performance.now();
    const answer = await work();
    figures.push(figure(`${what}, s`, [(performance.now() - start) / 1000]));
    return answer;
  };
  const blob = await openAsBlob(path);
  const header = await timed('header read without its weights', () => readHeader(blob, path));
  const numbers = header.weights.float32 + header.weights.float16 + header.weights.small;
  figures.push(figure('file, MB', [blob.size / 1e6]), figure('weights, millions', [numbers / 1e6]));
  const instrumented = await timed('instrumented', () =>
    instrument(new Uint8Array(readFileSync(path)), WANTED, {
      sizes: { height: side, width: side, tokens: 77 },
    }),
  );
  const { anatomy, ports } = instrumented;
  const summary = anatomy.summary;
  figures.push(figure('cross-attentions', [anatomy.crossAttentions.length]));
  try {
    const threads = availableParallelism();
    const runtime = await (name === 'wasm' ? createWasmRuntime(threads) : createNodeRuntime(threads));
    const graph = await timed('opened', () => runtime.open(instrumented.bytes, path));
    const feeds = feedsOf(graph, ports, batch, anatomy.middle?.channels ?? 1, side);
    figures.push(
      figure(`a step at ${side} x ${side}, batch ${batch}, s`, await callsOf(graph, feeds, calls)),
    );
  } catch (error) {
    return { figures: [...figures, peak()], summary, stopped: String(error).slice(0, 400) };
  }
  return { figures: [...figures, peak()], summary };
}

async function callsOf(graph: Graph, feeds: Record<string, Feed>, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let call = 0; call < calls; call++) {
    const start = performance.now();
    const { [graph.outputs[0]!.name]: answer } = await graph.run(feeds, [graph.outputs[0]!.name]);
    if (!answer?.data.every(Number.isFinite)) throw new RangeError('Its answer is not finite.');
    times.push((performance.now() - start) / 1000);
  }
  return times;
}

const peak = (): Figure => figure('peak memory of the process, GB', [process.resourceUsage().maxRSS / 1e6]);
