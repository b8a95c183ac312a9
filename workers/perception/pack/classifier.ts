import type { Graph } from '../../runtime/runtime';
import { softmax } from '../reader';
import { invalidPack, type ReaderOf } from './manifest';
import type { ReadCut } from './read';

/** A network that gives logits of the values of some attributes. @throws EvenhandError 'pack-invalid' at the first picture when they are not there. */
export function readByClassifier(reader: ReaderOf<'classifier'>, graph: Graph): ReadCut {
  const input = graph.inputs[0]?.name ?? 'input';
  return async (cut) => {
    const outputs = await graph.run({ [input]: cut });
    return Object.fromEntries(
      reader.attributes.map(({ id, values, output, offset, temperature }) => {
        const found = output === undefined ? Object.values(outputs)[0] : outputs[output];
        const logits = found?.data.subarray(offset, offset + values.length);
        if (logits?.length !== values.length) {
          throw invalidPack(
            reader.image.graph,
            `the logits of ${id} should stand at ${offset} to ${offset + values.length - 1} of its output ${output ?? ''}, which has ${found?.data.length ?? 'no'} numbers`,
          );
        }
        return [id, softmax([...logits].map((logit) => logit / temperature))];
      }),
    );
  };
}
