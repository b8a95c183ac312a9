import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import * as ort from 'onnxruntime-web/wasm';

// The build without WebGPU: half the download of the other, and its CPU kernels run without the asyncify transform.
ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: mjsUrl };

/** Takes effect when the first session of this realm is created, and never after. */
export function setThreads(threads: number): void {
  ort.env.wasm.numThreads = threads;
}

export const { InferenceSession, Tensor } = ort;
