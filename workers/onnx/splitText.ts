import type { Dissection } from './anatomy';
import type { GraphEdit } from './edit';
import { readsShapeOnly } from './flow';
import type { Node } from './model';

/**
 * Lets the values of every cross-attention come from a text of their own, while the keys keep the first one.
 * Where keys and values share work on the text (a cast to half precision, one projection for both), that work is done
 * once for each; weights are never copied.
 */
export function splitText({ model, inputs, flow, crossAttentions }: Dissection, edit: GraphEdit): string {
  const { name, type, dims } = inputs.text;
  const second = edit.free('encoder_hidden_states_v');
  edit.addInput(second, type, dims ?? []);

  const products = new Map(crossAttentions.map(({ pattern }) => [pattern.product, pattern.value]));
  // The picture's own stream holds text too, from earlier attentions; it is not on the way from the text to the values.
  const [fromText, fromSample] = [flow.from([name]), flow.from([inputs.sample.name])];
  const towards = flow.behind([...products.values()]);
  const path = model.graph.nodes.filter(
    (node) =>
      !readsShapeOnly(node) &&
      node.outputs.some((output) => towards.has(output) && fromText.has(output) && !fromSample.has(output)),
  );
  const own = new Set<Node>();
  const ends = new Set(model.graph.outputs.map((output) => output.name));
  for (const node of path.toReversed()) {
    const forValuesOnly = node.outputs.every(
      (output) =>
        !ends.has(output) &&
        flow
          .consumers(output)
          .every((reader) => readsShapeOnly(reader) || own.has(reader) || products.get(reader) === output),
    );
    if (forValuesOnly) own.add(node);
  }

  const renamed = new Map([[name, second]]);
  for (const node of path) {
    if (own.has(node)) edit.rewire(node, renamed);
    else {
      const copies = edit.copy(node, renamed);
      node.outputs.forEach((output, index) => {
        renamed.set(output, copies[index]!);
      });
    }
  }
  for (const [product, value] of products) {
    const copied = renamed.get(value);
    if (copied !== undefined) edit.rewire(product, new Map([[value, copied]]));
  }
  return second;
}
