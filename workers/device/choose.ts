import { EvenhandError } from '../../src/core/errors';
import type { BackendChoice, BackendReport } from '../protocol';
import type { AdapterFacts } from './gpu';

/** What can be known about this browser before anything is loaded. */
export interface Capabilities {
  /** navigator.gpu exists. */
  readonly api: boolean;
  readonly adapter: AdapterFacts | null;
  /** SharedArrayBuffer can be used: the page was served with COOP and COEP. */
  readonly crossOriginIsolated: boolean;
  readonly cores: number;
}

/**
 * Which backend runs, and why, in sentences that the page shows as they stand.
 * @throws EvenhandError 'webgpu-unavailable' when WebGPU was asked for by name and there is no adapter.
 */
export function chooseBackend(choice: BackendChoice, facts: Capabilities): BackendReport {
  const { adapter } = facts;
  if (choice === 'webgpu' && !adapter) {
    throw new EvenhandError(
      'webgpu-unavailable',
      missingGpu(facts),
      'Choose "auto" or the CPU backend; both make the same images.',
    );
  }
  if (adapter && (choice === 'webgpu' || (choice === 'auto' && !adapter.software))) {
    return webgpuReport(adapter, choice);
  }
  return wasmReport(choice, facts);
}

function webgpuReport(adapter: AdapterFacts, choice: BackendChoice): BackendReport {
  const name = `${adapter.vendor} ${adapter.architecture}`;
  const asked = choice === 'webgpu' ? 'WebGPU was asked for by name' : 'This browser offers a GPU';
  return {
    backend: 'webgpu',
    title: `WebGPU on ${name}`,
    reason: adapter.software
      ? `WebGPU was asked for by name. Its adapter (${name}) is software that imitates a GPU: expect it to be far slower than the CPU backend.`
      : `${asked} (${name}), so the GPU does the work.`,
    adapter,
    threads: 1,
  };
}

function wasmReport(choice: BackendChoice, facts: Capabilities): BackendReport {
  const threads = threadCount(facts);
  const why =
    choice === 'wasm'
      ? 'The CPU backend was asked for by name.'
      : facts.adapter
        ? `The only WebGPU adapter here (${facts.adapter.vendor} ${facts.adapter.architecture}) is software that imitates a GPU; the CPU backend is faster, so the CPU does the work.`
        : `${missingGpu(facts)} So the CPU does the work.`;
  const alone = facts.crossOriginIsolated
    ? ''
    : ' It has one thread only, because the page was served without cross-origin isolation headers.';
  return {
    backend: 'wasm',
    title: `wasm, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    reason: why + alone,
    threads,
    ...(facts.adapter ? { adapter: facts.adapter } : {}),
  };
}

function missingGpu({ api }: Capabilities): string {
  return api
    ? 'This browser knows WebGPU but offers no adapter: the GPU is missing, blocked, or switched off.'
    : 'This browser does not offer WebGPU here.';
}

/** More than four threads gain nothing on models this small and take the cores that the page needs. */
export function threadCount({ crossOriginIsolated, cores }: Capabilities): number {
  return crossOriginIsolated ? Math.min(4, Math.max(1, cores)) : 1;
}
