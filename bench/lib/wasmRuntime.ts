import * as ort from 'onnxruntime-web';
import { openGraph, SESSION_OPTIONS } from '../../workers/runtime/ortGraph';
import type { Runtime } from '../../workers/runtime/runtime';

/** The page's own CPU kernels (onnxruntime-web, wasm) in Node, so that a bench need not drive a browser. */
export async function createWasmRuntime(threads: number): Promise<Runtime> {
  ort.env.wasm.numThreads = threads;
  const options = { executionProviders: ['wasm'], ...SESSION_OPTIONS };
  return {
    report: {
      backend: 'wasm',
      title: `wasm, ${threads} threads`,
      reason: 'This runs outside the browser.',
      threads,
    },
    rowsStandAlone: true,
    open: (bytes, name, external) =>
      openGraph({ ort, options, guard: (work) => work }, bytes, name, external),
    lost: new Promise<string>(() => {}),
    close: async () => {},
  };
}
