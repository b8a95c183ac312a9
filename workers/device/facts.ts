import { type AdapterFacts, adapterFacts, findAdapter } from './gpu';

/** What this browser and device can hold, as far as a page is told. */
export interface DeviceFacts {
  /** navigator.gpu exists. */
  readonly api: boolean;
  readonly gpu: GpuFacts | null;
  /** navigator.deviceMemory in GiB: rounded, at most 8 in most browsers; null where it is not told. */
  readonly memoryGiB: number | null;
}

export interface GpuFacts extends AdapterFacts {
  /** Shaders can compute with float16. */
  readonly float16: boolean;
  /** Bytes of one buffer, and of what one shader can see of it. */
  readonly maxBufferSize: number;
  readonly maxStorageBufferBindingSize: number;
}

export async function deviceFacts(): Promise<DeviceFacts> {
  const adapter = await findAdapter(navigator.gpu);
  return {
    api: navigator.gpu !== undefined,
    gpu: adapter && {
      ...adapterFacts(adapter.info),
      float16: adapter.features.has('shader-f16'),
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
    // Not in TypeScript's DOM: Chromium alone has it.
    memoryGiB: 'deviceMemory' in navigator ? Number(navigator.deviceMemory) : null,
  };
}
