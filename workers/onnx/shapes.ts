import { isStandard, type Node, type OnnxModel } from './model';
import { LAYERS } from './rules/layers';
import { LAYOUT } from './rules/layout';
import { NUMBERS } from './rules/numbers';

/** What is known of a tensor when the graph runs on inputs of given shapes. */
export interface Known {
  /** TensorProto.DataType. */
  readonly type?: number | undefined;
  readonly dims?: readonly number[] | undefined;
  /** The elements, where they are few and follow from shapes and constants: numbers that shapes are made of. */
  readonly values?: readonly number[] | undefined;
}

/** What a rule may ask about its node. */
export interface RuleContext {
  readonly node: Node;
  readonly opset: number;
  /** The input at that place; {} where nothing is known or nothing is there. */
  input(index: number): Known;
  int(attribute: string, otherwise: number): number;
  ints(attribute: string): readonly number[] | undefined;
}

/** One Known per output; undefined where nothing can be said. */
export type Rule = (context: RuleContext) => readonly Known[] | undefined;

const NOTHING: Known = {};
const RULES: Readonly<Record<string, Rule>> = { ...NUMBERS, ...LAYOUT, ...LAYERS };

/**
 * Follows shapes, and the whole numbers that are computed from them, through the graph. Exports compute nearly every
 * shape while they run, so shapes are followed for one concrete size of the inputs instead of in symbols.
 * Operators without a rule leave their outputs unknown; nothing here throws.
 * @param given shape and type of every graph input.
 */
export function followShapes(
  model: OnnxModel,
  given: ReadonlyMap<string, Known>,
): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>(given);
  for (const [name, { type, dims, values }] of model.graph.initializers)
    known.set(name, { type, dims, values });
  for (const node of model.graph.nodes) {
    const rule = isStandard(node.domain) || node.domain === 'com.microsoft' ? RULES[node.opType] : undefined;
    const results = rule?.({
      node,
      opset: model.opset,
      input: (index) => known.get(node.inputs[index] ?? '') ?? NOTHING,
      int: (attribute, otherwise) => node.attributes.get(attribute)?.int ?? otherwise,
      ints: (attribute) => node.attributes.get(attribute)?.ints,
    });
    results?.forEach((result, index) => {
      const name = node.outputs[index];
      if (name) known.set(name, sound(result));
    });
  }
  return known;
}

/** Damaged graphs can lead to any number; only shapes that a tensor can have go on. */
function sound(result: Known): Known {
  const { type, dims, values } = result;
  return dims?.every((dim) => Number.isSafeInteger(dim) && dim >= 0) ? { type, dims, values } : { type };
}
