import type { Tensor } from '../../../src/core/tensor';
import type { Graph } from '../../runtime/runtime';
import { ensemble, promptsFor, zeroShot } from '../zeroShot';
import { invalidPack, type ReaderOf } from './manifest';
import type { ReadCut } from './read';

/** Ids of a prompt, cut and padded as CLIP wants them. */
export type Encode = (prompt: string) => readonly number[];

/**
 * CLIP as a reader (Radford et al. 2021, section 3.1): the cosine of a person's cut to the mean text of each value. Texts are encoded
 * now, once; a picture costs one run of the image tower.
 * @throws EvenhandError 'pack-invalid' when the two towers do not give vectors of one length.
 */
export async function readByClip(
  reader: ReaderOf<'clip'>,
  graphs: { readonly image: Graph; readonly text: Graph },
  encode: Encode,
): Promise<ReadCut> {
  const texts: Float32Array[][] = [];
  for (const { values, templates } of reader.attributes) {
    const own: Float32Array[] = [];
    for (const { words } of values) {
      const vectors: Float32Array[] = [];
      for (const prompt of words.flatMap((word) => promptsFor(templates, word))) {
        vectors.push(await textVector(graphs.text, encode(prompt), reader.text.graph));
      }
      own.push(ensemble(vectors));
    }
    texts.push(own);
  }
  const input = graphs.image.inputs[0]?.name ?? 'pixel_values';
  return async (cut) => {
    const picture = vectorOf(await graphs.image.run({ [input]: cut }), 'image_embeds', reader.image.graph);
    const length = texts[0]![0]!.length;
    if (picture.length !== length) {
      throw invalidPack(
        reader.image.graph,
        `its vectors have ${picture.length} numbers, and those of ${reader.text.graph} have ${length}: they are not of one CLIP`,
      );
    }
    return Object.fromEntries(
      reader.attributes.map(({ id }, k) => [id, zeroShot(picture, texts[k]!, reader.scale)]),
    );
  };
}

async function textVector(graph: Graph, ids: readonly number[], file: string): Promise<Float32Array> {
  const dims = [1, ids.length];
  const feeds = {
    input_ids: { numbers: ids, dims },
    // The end token sees only what stands before it, so padding needs no mask; some exports ask for one.
    ...(graph.inputs.some(({ name }) => name === 'attention_mask') && {
      attention_mask: { numbers: ids.map(() => 1), dims },
    }),
  };
  return vectorOf(await graph.run(feeds), 'text_embeds', file);
}

function vectorOf(outputs: Readonly<Record<string, Tensor>>, name: string, file: string): Float32Array {
  const found =
    outputs[name] ?? Object.values(outputs).find(({ dims }) => dims.length === 2 && dims[0] === 1);
  if (found) return found.data;
  const shapes = Object.entries(outputs).map(([own, { dims }]) => `${own} [${dims.join(', ')}]`);
  throw invalidPack(
    file,
    `it gives no ${name} of shape [1, length], but ${shapes.join(', ')}; export the tower with its projection`,
  );
}
