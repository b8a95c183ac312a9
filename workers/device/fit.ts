import type { GraphNeeds, ModelNeeds } from '../models/types';
import type { Backend, BackendChoice } from '../protocol';
import { UNPACKED_BELOW } from '../runtime/large';
import type { DeviceFacts, GpuFacts } from './facts';

/**
 * Whether a model can run on this device, told before any of its weights are loaded. Limits: wasm has 4 GiB of memory for all graphs;
 * Chromium's largest ArrayBuffer is 0x7fe00000 bytes, and a graph's file crosses into wasm in one; WebGPU tells the largest buffer, but
 * nothing of its memory. What is counted are weights and the largest table of attention scores; the rest is rounded up (ours).
 */

const GIB = 2 ** 30;
export const WASM_MEMORY = 4 * GIB;
export const LONGEST_FILE = 0x7fe00000;
/** Of the memory that is there, the part that weights may take: activations and the page need the rest. */
const SHARE = 0.6;
/** Guided: with the prompt and without. */
const BRANCHES = 2;

export interface FitLine {
  readonly verdict: 'good' | 'warning' | 'bad';
  readonly text: string;
}

export interface Fit {
  readonly backend: Backend;
  readonly possible: boolean;
  readonly lines: readonly FitLine[];
  /** Bytes of graphs that may be open at a time; null: all. */
  readonly budget: number | null;
  /** Pictures per batch that the largest buffer holds; null: as many as the user likes. */
  readonly mostPerBatch: number | null;
}

/** What the device has, in one sentence. */
export function deviceWords({ gpu, memoryGiB }: DeviceFacts): string {
  const memory = memoryGiB === null ? 'it does not tell its memory' : `${memoryGiB} GiB of memory or more`;
  if (!gpu) return `This device: no graphics device for this page, ${memory}.`;
  const buffer = gib(Math.min(gpu.maxBufferSize, gpu.maxStorageBufferBindingSize));
  return `This device: ${gpu.vendor} ${gpu.architecture}${gpu.software ? ' (imitated by software)' : ''}, ${
    gpu.float16 ? 'computes' : 'does not compute'
  } in float16, buffers up to ${buffer}, ${memory}.`;
}

/** What to do about weights that are too large. */
const SMALLER =
  'Its float32 export made smaller fits: npm run quantize -- FOLDER --bits 8 (docs/quantizing.md).';

/** @returns what the backend of that choice makes of the model; "auto" takes the GPU wherever it is hardware and can run it. */
export function fitOf(needs: ModelNeeds, device: DeviceFacts, choice: BackendChoice): Fit {
  if (choice === 'wasm' || (!device.gpu && choice === 'auto')) return wasmFit(needs, device);
  if (!device.gpu) return refused('webgpu', 'This browser offers no graphics device to this page.');
  const gpu = gpuFit(needs, device.gpu, device);
  if (choice === 'webgpu' || (gpu.possible && !device.gpu.software)) return gpu;
  const wasm = wasmFit(needs, device);
  return { ...wasm, lines: [...gpu.lines.filter(({ verdict }) => verdict === 'bad'), ...wasm.lines] };
}

function wasmFit(needs: ModelNeeds, device: DeviceFacts): Fit {
  const lines: FitLine[] = [];
  const [total, largest] = weightsOf(needs, wasmBytes);
  const room = Math.min(WASM_MEMORY, memoryOf(device)) * SHARE;
  // While a graph is opened its file lies in the memory beside the weights that are made of it.
  const peak = Math.max(0, ...needs.graphs.map((graph) => wasmBytes(graph) + graph.fileBytes));
  lines.push(...fileLines(needs));
  if (peak > WASM_MEMORY) {
    lines.push(
      bad(
        `The largest part needs ${gib(peak)} while it is opened, and the CPU backend (wasm) has ${gib(WASM_MEMORY)} at most. ${SMALLER}`,
      ),
    );
  } else if (peak > room) {
    lines.push(
      warning(
        `The largest part needs ${gib(peak)} while it is opened, close to what this device has: it may fail.`,
      ),
    );
  } else {
    lines.push(good(`Its weights take ${gib(total)} on the CPU, which has room for them.`));
  }
  if (stored(needs).float16 > 0) {
    lines.push(warning('Its float16 weights are computed as float32 on the CPU and take twice the memory.'));
  }
  const budget = budgetOf(total, room, largest, lines);
  if (needs.latent && needs.latent[0] >= 32) {
    lines.push(warning('On the CPU a model of this size takes minutes for each step.'));
  }
  return { backend: 'wasm', possible: !lines.some(isBad), lines, budget, mostPerBatch: null };
}

function gpuFit(needs: ModelNeeds, gpu: GpuFacts, device: DeviceFacts): Fit {
  const lines: FitLine[] = [];
  const [total, largest] = weightsOf(needs, gpuBytes);
  const limit = Math.min(gpu.maxBufferSize, gpu.maxStorageBufferBindingSize);
  lines.push(...fileLines(needs));
  if (gpu.software)
    lines.push(warning('The graphics device is imitated by software, far slower than the CPU backend.'));
  if (stored(needs).float16 > 0 && !gpu.float16) {
    lines.push(
      bad(
        'It computes in float16, which this graphics device cannot (no shader-f16). An fp32 export of the model runs here, or the CPU.',
      ),
    );
  }
  const tensor = Math.max(0, ...needs.graphs.map(({ largestTensorBytes }) => largestTensorBytes));
  if (tensor > limit) {
    lines.push(bad(`Its largest tensor has ${mib(tensor)}, and a buffer here holds ${mib(limit)} at most.`));
  }
  const mostPerBatch = perBatch(needs, limit);
  if (mostPerBatch !== null && mostPerBatch < 1) {
    lines.push(
      bad(
        `One picture needs a table of attention scores larger than a buffer here can be (${mib(limit)}). An export with fused attention needs no such table.`,
      ),
    );
  } else if (mostPerBatch !== null && mostPerBatch < 8) {
    const many = mostPerBatch === 1 ? 'one picture' : `${mostPerBatch} pictures`;
    lines.push(
      warning(`A buffer here holds attention scores of ${many} per batch; the batch size is set to that.`),
    );
  }
  const room = memoryOf(device) * SHARE;
  if (!lines.some(isBad)) {
    lines.push(
      good(`Its weights take ${gib(total)}. A browser does not tell how much memory a graphics device has.`),
    );
  }
  const budget = budgetOf(total, room, largest, lines);
  return { backend: 'webgpu', possible: !lines.some(isBad), lines, budget, mostPerBatch };
}

/** Parts that do not fit together are opened one after another. */
function budgetOf(total: number, room: number, largest: number, lines: FitLine[]): number | null {
  if (total <= room) return null;
  lines.push(
    warning(
      `All parts together need ${gib(total)}, more than the ${gib(room)} to spare here: they are opened one after another, which takes longer.`,
    ),
  );
  return Math.max(room, largest);
}

/** A file is read whole, so none may be longer than the longest buffer of a browser. */
function fileLines({ graphs }: ModelNeeds): FitLine[] {
  return graphs
    .filter(({ longestFileBytes }) => longestFileBytes > LONGEST_FILE)
    .map(({ path, longestFileBytes }) =>
      bad(
        `A file of ${path} has ${gib(longestFileBytes)}, and a browser reads ${gib(LONGEST_FILE)} at most in one piece. ${SMALLER}`,
      ),
    );
}

/** Images whose guided self-attention scores fit one buffer; null where nothing is held or nothing is known. */
function perBatch({ graphs, latent, heads }: ModelNeeds, limit: number): number | null {
  const unet = graphs.find(({ path }) => path.startsWith('unet/'));
  if (!unet || unet.fusedAttention || !latent || heads === null) return null;
  const tokens = latent[0] * latent[1];
  const bytes = unet.weights.float16 > unet.weights.float32 ? 2 : 4;
  return Math.floor(limit / (BRANCHES * heads * tokens * tokens * bytes));
}

/** Of a quantized weight in memory: a large graph keeps it as it is (runtime/large.ts). */
const smallBytes = ({ fileBytes }: GraphNeeds): number => (fileBytes < UNPACKED_BELOW ? 4 : 1);

const gpuBytes = (graph: GraphNeeds): number =>
  4 * graph.weights.float32 + 2 * graph.weights.float16 + smallBytes(graph) * graph.weights.small;

/** float16 is computed as float32 there. */
const wasmBytes = (graph: GraphNeeds): number =>
  4 * (graph.weights.float32 + graph.weights.float16) + smallBytes(graph) * graph.weights.small;

function weightsOf({ graphs }: ModelNeeds, bytesOf: (graph: GraphNeeds) => number): [number, number] {
  const each = graphs.filter(({ path }) => !path.startsWith('vae_encoder/')).map(bytesOf);
  return [each.reduce((sum, bytes) => sum + bytes, 0), Math.max(0, ...each)];
}

const stored = ({ graphs }: ModelNeeds) => ({
  float16: graphs.reduce((sum, { weights }) => sum + weights.float16, 0),
});

/** Where the browser does not tell: 8 GiB, what it tells at most. */
const memoryOf = ({ memoryGiB }: DeviceFacts): number => (memoryGiB ?? 8) * GIB;

const good = (text: string): FitLine => ({ verdict: 'good', text });
const warning = (text: string): FitLine => ({ verdict: 'warning', text });
const bad = (text: string): FitLine => ({ verdict: 'bad', text });
const isBad = ({ verdict }: FitLine): boolean => verdict === 'bad';

const refused = (backend: Backend, text: string): Fit => ({
  ...{ backend, possible: false, lines: [bad(text)], budget: null, mostPerBatch: null },
});

const gib = (bytes: number): string =>
  bytes < GIB / 10 ? mib(bytes) : `${(bytes / GIB).toFixed(bytes < 10 * GIB ? 1 : 0)} GiB`;
const mib = (bytes: number): string => `${Math.max(1, Math.round(bytes / 2 ** 20))} MiB`;
