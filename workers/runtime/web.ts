import type { InferenceSession } from 'onnxruntime-web/webgpu';
import { EvenhandError } from '../../src/core/errors';
import { chooseBackend } from '../device/choose';
import { adapterFacts, findAdapter, openDevice } from '../device/gpu';
import { createLossGuard } from '../device/loss';
import type { BackendChoice, BackendReport } from '../protocol';
import { type OrtModule, openGraph, SESSION_OPTIONS } from './ortGraph';
import type { Runtime } from './runtime';

/**
 * The runtime of the page's worker.
 * @throws EvenhandError 'webgpu-unavailable' when WebGPU was asked for by name and cannot be had.
 */
export async function createWebRuntime(choice: BackendChoice): Promise<Runtime> {
  const adapter = choice === 'wasm' ? null : await findAdapter(navigator.gpu);
  const report = chooseBackend(choice, {
    api: navigator.gpu !== undefined,
    adapter: adapter && adapterFacts(adapter.info),
    crossOriginIsolated: globalThis.crossOriginIsolated === true,
    cores: navigator.hardwareConcurrency || 1,
  });
  return report.backend === 'webgpu' && adapter ? gpuRuntime(adapter, report, choice) : wasmRuntime(report);
}

async function gpuRuntime(
  adapter: GPUAdapter,
  report: BackendReport,
  choice: BackendChoice,
): Promise<Runtime> {
  let device: GPUDevice;
  try {
    device = await openDevice(adapter);
  } catch (cause) {
    if (choice === 'auto') {
      const plain = await createWebRuntime('wasm');
      const reason = `${report.title} could not be opened, so the CPU does the work.`;
      return { ...plain, report: { ...plain.report, reason } };
    }
    throw new EvenhandError(
      'webgpu-unavailable',
      `The device of ${report.title} cannot be opened.`,
      'Choose the CPU backend, or close other pages that use the GPU and try again.',
      { cause },
    );
  }
  const ort = await import('./ortWebgpu');
  const lost = device.lost.then(({ reason, message }) => message || reason);
  return runtimeOf(ort, { executionProviders: [{ name: 'webgpu', device }] }, report, lost, () =>
    device.destroy(),
  );
}

async function wasmRuntime(report: BackendReport): Promise<Runtime> {
  const ort = await import('./ortWasm');
  ort.setThreads(report.threads);
  return runtimeOf(ort, { executionProviders: ['wasm'] }, report, new Promise(() => {}), () => {});
}

function runtimeOf(
  ort: OrtModule,
  options: InferenceSession.SessionOptions,
  report: BackendReport,
  lost: Promise<string>,
  destroy: () => void,
): Runtime {
  const guard = createLossGuard(lost);
  return {
    report,
    rowsStandAlone: report.backend === 'wasm',
    open: (bytes, name, external) =>
      openGraph({ ort, options: { ...options, ...SESSION_OPTIONS }, guard }, bytes, name, external),
    lost,
    close: async () => destroy(),
  };
}
