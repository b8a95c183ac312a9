export type Jax = typeof import('@jax-js/jax');

/**
 * jax-js on its wasm backend: it compiles loss, gradient and update to WebAssembly, several times quicker than loops in JavaScript.
 */
export async function loadJax(): Promise<Jax> {
  // It looks into the navigator for WebGPU when it is loaded, and Node 20 has none.
  (globalThis as { navigator?: unknown }).navigator ??= {};
  const jax = await import('@jax-js/jax');
  await jax.init('wasm');
  jax.defaultDevice('wasm');
  return jax;
}
