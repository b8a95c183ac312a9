import { psnr } from '../src/core/metrics';
import { openPipeline, record, request } from '../workers/testing/tiny';
import { readOptions, readSeeds } from './lib/options';

/**
 * How near pictures of quantized models are to those of the float32 model, on the same seeds.
 *   node scripts/run.mjs bench/quantizing.ts --exact folder --models folder,folder --prompts "a photo of a doctor;a photo of a nurse"
 */
export async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args, {
    exact: '',
    models: '',
    prompts: 'a photo of a doctor;a photo of a nurse;a photo of two teachers',
    seeds: '1-4',
    steps: '20',
  });
  const prompts = options.prompts.split(';');
  const pictures = async (folder: string) => {
    const pipeline = await openPipeline(folder);
    const found = [];
    for (const prompt of prompts) {
      const asked = request({ prompt, seeds: readSeeds(options.seeds), steps: Number(options.steps) });
      found.push(...(await record(pipeline, asked)).images);
    }
    await pipeline.close();
    return found.map(({ pixels, width, height }) => ({ data: pixels, width, height, channels: 4 as const }));
  };
  const exact = await pictures(options.exact);
  for (const model of options.models.split(',')) {
    const found = (await pictures(model))
      .map((picture, i) => psnr(picture, exact[i]!)!)
      .sort((a, b) => a - b);
    const median =
      (found[Math.floor((found.length - 1) / 2)]! + found[Math.ceil((found.length - 1) / 2)]!) / 2;
    console.log(
      `${model}: PSNR of ${found.length} pictures, median ${median.toFixed(1)} dB, lowest ${found[0]!.toFixed(1)} dB`,
    );
  }
}
