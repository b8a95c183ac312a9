/**
 * The GPU device of this worker. It is ours, not ONNX Runtime's: `executionProviders: [{ name: 'webgpu', device }]` is the
 * only override that 1.30 honours, it lets software adapters leave out `subgroups`, and our own kernels can share it.
 */

const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxStorageBuffersPerShaderStage',
] as const satisfies readonly (keyof GPUSupportedLimits)[];

export interface AdapterFacts {
  readonly vendor: string;
  readonly architecture: string;
  /** True for SwiftShader, llvmpipe and the like: the CPU in disguise, far slower than wasm. */
  readonly software: boolean;
}

export function adapterFacts(info: GPUAdapterInfo): AdapterFacts {
  // Firefox and Safari leave the names empty, and llvmpipe does not call itself a fallback adapter.
  const architecture = info.architecture || 'unnamed';
  const software =
    info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|warp/i.test(architecture);
  return { vendor: info.vendor || 'unnamed', architecture, software };
}

/** @returns null when the browser offers no adapter, with or without WebGPU in its name. */
export async function findAdapter(gpu: GPU | undefined): Promise<GPUAdapter | null> {
  if (!gpu) return null;
  try {
    return await gpu.requestAdapter({ powerPreference: 'high-performance' });
  } catch {
    return null; // A blocked GPU process rejects instead of answering null.
  }
}

/**
 * Features to ask for. Subgroups stay off on software adapters: there MultiHeadAttention silently gives wrong numbers
 * with them (errors up to 1.3, against 3e-6 without).
 */
export function wantedFeatures(has: ReadonlySet<string>, software: boolean): GPUFeatureName[] {
  const wanted: GPUFeatureName[] = ['shader-f16', 'timestamp-query'];
  if (!software) wanted.push('subgroups');
  return wanted.filter((feature) => has.has(feature));
}

/** Opens the device with the adapter's own limits: the defaults (128 MiB a binding) are too small for large UNets. */
export async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits: Record<string, number> = {};
  for (const name of LIMITS) requiredLimits[name] = adapter.limits[name];
  return adapter.requestDevice({
    requiredFeatures: wantedFeatures(adapter.features, adapterFacts(adapter.info).software),
    requiredLimits,
  });
}
