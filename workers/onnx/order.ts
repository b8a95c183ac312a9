import { corruptFile } from '../pipeline/fileErrors';
import type { StoredTensor } from './tensor';
import type { Field } from './wire';

/** What of an attribute is ever asked for. */
export interface Attribute {
  readonly int?: number;
  readonly float?: number;
  readonly ints?: readonly number[];
  readonly tensor?: StoredTensor;
}

export interface NodeInFile {
  /** '' and 'ai.onnx' are the standard operators. */
  readonly domain: string;
  readonly opType: string;
  /** '' where an optional input is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly fields: readonly Field[];
  /** The node as it stands in the file, as a field of the graph. */
  readonly raw: Uint8Array;
}

/**
 * Nodes such that each stands behind those it needs. ONNX demands that of a file, but some tools do not keep to it
 * (ONNX Runtime's float16 converter) and ONNX Runtime opens their files. A file in order stays as it is.
 * @param given names of inputs and initializers.
 * @throws EvenhandError 'model-corrupt' on cycles, on names that nothing makes, and on names made twice.
 */
export function inOrder(
  nodes: readonly NodeInFile[],
  given: readonly string[],
  path: string,
): readonly NodeInFile[] {
  const makers = new Map<string, number>();
  const outside = new Set(['', ...given]);
  nodes.forEach(({ outputs }, index) => {
    for (const name of outputs) {
      if (makers.has(name)) throw corruptFile(path, `"${name}" is made twice`);
      if (name !== '') makers.set(name, index);
    }
  });

  const sorted: NodeInFile[] = [];
  const state = new Uint8Array(nodes.length);
  const [OPEN, DONE] = [1, 2];
  // A stack of its own: a chain of a hundred thousand nodes must not end the page.
  const stack: number[] = [];
  for (let first = 0; first < nodes.length; first++) {
    stack.push(first);
    for (let index = stack.at(-1); index !== undefined; index = stack.at(-1)) {
      const { inputs, opType } = nodes[index]!;
      if (state[index] === DONE) {
        stack.pop();
        continue;
      }
      const before = inputs.filter((name) => !outside.has(name)).map((name) => makers.get(name) ?? name);
      const loose = before.find((maker) => typeof maker === 'string');
      if (loose !== undefined) {
        throw corruptFile(path, `node ${index} (${opType}) needs "${loose}", which nothing makes`);
      }
      const waiting = before.filter((maker): maker is number => state[maker as number] !== DONE);
      if (waiting.length === 0) {
        state[index] = DONE;
        sorted.push(nodes[index]!);
        stack.pop();
      } else if (state[index] === OPEN && waiting.some((maker) => state[maker] === OPEN)) {
        throw corruptFile(path, `its node ${index} (${opType}) needs its own result`);
      } else {
        state[index] = OPEN;
        stack.push(...waiting);
      }
    }
  }
  return sorted;
}
