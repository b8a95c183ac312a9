import { readFileSync } from 'node:fs';
import { Resvg } from '@resvg/resvg-js';
import { describe, expect, it } from 'vitest';
import { describePicture, drawPicture, sampleBalanced } from '../../src/core/world';
import { createNodeRuntime } from '../runtime/node';
import { openPipeline, PEOPLE } from '../testing/tiny';
import { ensemble, promptsFor, zeroShot } from './zeroShot';

describe('zero-shot reading', () => {
  it('fills templates, with a profession or without', () => {
    const templates = ['a photo of a {value} {profession}', 'a {value}'];
    expect(promptsFor(templates, 'female', 'doctor')).toEqual(['a photo of a female doctor', 'a female']);
    expect(promptsFor(templates, 'female')).toEqual(['a photo of a female', 'a female']);
  });

  it('is the softmax of scaled cosines, whatever the lengths of the vectors', () => {
    const values = [Float32Array.of(3, 0), Float32Array.of(0, 0.1)];
    const [first, second] = zeroShot(Float32Array.of(5, 5), values, 100);
    expect(first).toBeCloseTo(0.5, 6);
    expect(second).toBeCloseTo(0.5, 6);
    expect(zeroShot(Float32Array.of(1, 0), values, 2)[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
    expect(ensemble([Float32Array.of(9, 0), Float32Array.of(0, 1)])[0]).toBeCloseTo(Math.SQRT1_2, 6);
    expect(() => ensemble([])).toThrow(RangeError);
    expect(() => zeroShot(new Float32Array(2), values, 1)).toThrow('points nowhere');
  });

  it('reads the gender presentation of drawn people with a real CLIP pair', async () => {
    const runtime = await createNodeRuntime(1);
    const pipeline = await openPipeline(PEOPLE);
    const text = await runtime.open(
      new Uint8Array(readFileSync(`${PEOPLE}/text_encoder/model.onnx`)),
      'text',
    );
    const clip = await runtime.open(new Uint8Array(readFileSync('bench/model/clip.onnx')), 'clip');
    const blank = { data: new Float32Array(3 * 128 * 128), dims: [1, 3, 128, 128] };

    async function textVector(prompt: string) {
      const { ids } = pipeline.parts.tokenizer.encode(prompt);
      const { pooler_output } = await text.run({ input_ids: { numbers: ids, dims: [1, ids.length] } });
      return (await clip.run({ image: blank, pooler_output: pooler_output! })).text_embedding!.data;
    }
    const people = ['female', 'male'];
    const values = [];
    for (const word of people) {
      const prompts = promptsFor(['a photo of a {value} doctor', 'a photo of a {value} nurse'], word);
      values.push(ensemble(await Promise.all(prompts.map(textVector))));
    }
    let [right, n] = [0, 0];
    const pooled = { data: new Float32Array(192).fill(1), dims: [1, 192] };
    for (let seed = 3_100_000_000; n < 40; seed++) {
      const { picture } = sampleBalanced(seed);
      const truths = describePicture(picture);
      const truth = ['woman', 'man'].indexOf(String(truths[0]?.gender));
      if (truths.length !== 1 || truth < 0) continue;
      const { width, pixels } = new Resvg(drawPicture(picture)).render();
      const data = Float32Array.from({ length: 3 * 128 * 128 }, (_, i) => {
        const pixel = i % (128 * 128);
        const at = Math.floor(pixel / 128) * width + (pixel % 128);
        return pixels[4 * at + Math.floor(i / (128 * 128))]! / 127.5 - 1;
      });
      const { image_embedding } = await clip.run({
        image: { data, dims: [1, 3, 128, 128] },
        pooler_output: pooled,
      });
      const read = zeroShot(image_embedding!.data, values, 100);
      n += 1;
      if (read[truth]! > 0.5) right += 1;
    }
    expect(right / n).toBeGreaterThan(0.8);
    await Promise.all([text.close(), clip.close(), pipeline.close()]);
  });
});
