import { neutralPrompt } from '../../../src/core/world';
import { folderSource } from '../../../workers/pipeline/folderSource';
import { loadPipeline } from '../../../workers/pipeline/pipeline';
import { medianOf } from '../../lib/report';
import { createWasmRuntime } from '../../lib/wasmRuntime';
import { BATCH, drawImages } from '../drawing';
import { type MakePart, SEEDS } from './part';

const THREADS = 2;
const IMAGES = 16;
/** Seconds an image, for the full model and for a few-step variant. */
const MOST = { full: 1.5, variant: 0.4 };

/** From the prompt to the read picture, on the page's wasm kernels. Measured last and alone, never from kept answers. */
export const speed: MakePart = ({ model, settings }) => ({
  jobs: [],
  async evaluate() {
    const pipeline = await loadPipeline(folderSource(model), await createWasmRuntime(THREADS), () => {});
    const batch = (first: number) => {
      const seeds = Array.from({ length: BATCH }, (_, i) => first + i);
      return drawImages(pipeline, { prompt: neutralPrompt('doctor'), seeds, settings });
    };
    await batch(SEEDS.speed);
    const seconds: number[] = [];
    for (let done = 0; done < IMAGES; done += BATCH) {
      const start = performance.now();
      await batch(SEEDS.speed + BATCH + done);
      seconds.push((performance.now() - start) / 1000 / BATCH);
    }
    await pipeline.close();
    const name = `seconds an image, whole pipeline, wasm, ${THREADS} threads, batches of ${BATCH}`;
    const atMost = settings.variant === undefined ? MOST.full : MOST.variant;
    return { measurements: [{ ...medianOf(name, seconds, { atMost }), n: IMAGES }] };
  },
});
