import { availableParallelism } from 'node:os';
import * as ort from 'onnxruntime-node';
import { openGraph, SESSION_OPTIONS } from './ortGraph';
import type { Runtime } from './runtime';

/**
 * The runtime of bench, evaluation and tests: the CPU provider of onnxruntime-node. Never imported by the page.
 * @param threads of one operator; default: every core.
 */
export async function createNodeRuntime(threads = availableParallelism()): Promise<Runtime> {
  const options = {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    ...SESSION_OPTIONS,
  };
  return {
    report: {
      backend: 'wasm',
      title: `onnxruntime-node, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
      reason: 'This runs outside the browser, on the CPU.',
      threads,
    },
    rowsStandAlone: true,
    open: (bytes, name, external) =>
      openGraph({ ort, options, guard: (work) => work }, bytes, name, external),
    lost: new Promise<string>(() => {}),
    close: async () => {},
  };
}
