import { softmax } from './reader';

/** Texts that stand for one value of an attribute. */
export type Templates = readonly string[];

/**
 * Templates as CLIP is asked with (methods 7.1): with a profession race is read better (EquiSteer).
 * @param words of the value, for instance "woman" or "an Asian"; {profession} is cut out of templates where there is none.
 */
export function promptsFor(templates: Templates, words: string, profession?: string): string[] {
  return templates.map((template) =>
    template
      .replaceAll('{value}', words)
      .replaceAll('{profession}', profession ?? '')
      .replace(/\s+/g, ' ')
      .trim(),
  );
}

/** The mean of unit vectors, of unit length (Radford et al. 2021, section 3.1.4). @throws RangeError for none, or a vector of zeros. */
export function ensemble(embeddings: readonly Float32Array[]): Float32Array {
  if (embeddings.length === 0) throw new RangeError('A value needs a text that stands for it.');
  const sum = new Float32Array(embeddings[0]!.length);
  for (const embedding of embeddings) {
    const unit = unitOf(embedding);
    for (let i = 0; i < sum.length; i++) sum[i]! += unit[i]!;
  }
  return unitOf(sum);
}

/**
 * Probability of each value for a picture: softmax of scaled cosines.
 * @param values one vector per value. @param scale CLIP's exp(logit_scale), 100 for OpenAI's.
 */
export function zeroShot(picture: Float32Array, values: readonly Float32Array[], scale: number): number[] {
  const unit = unitOf(picture);
  return softmax(values.map((value) => scale * unitOf(value).reduce((sum, x, i) => sum + x * unit[i]!, 0)));
}

function unitOf(vector: Float32Array): Float32Array {
  const length = Math.hypot(...vector);
  if (!(length > 0)) throw new RangeError('A vector of zeros or of no numbers points nowhere.');
  return vector.map((value) => value / length);
}
