import mjsUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import * as ort from 'onnxruntime-web/webgpu';

// Never the package's default import: that is the old JSEP backend, with fewer quantized operators.
ort.env.wasm.wasmPaths = { wasm: wasmUrl, mjs: mjsUrl };
// What falls back to the CPU here is tiny; more threads only cost start-up time.
ort.env.wasm.numThreads = 1;

export const { InferenceSession, Tensor } = ort;
