import type { StartMethod } from '../method';

/** No hook at all: the loop's defaults draw the image. */
export const start: StartMethod = async () => ({
  image: () => ({ trace: () => ({}) }),
});
