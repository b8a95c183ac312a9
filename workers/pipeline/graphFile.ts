import { GRAPH, MODEL } from '../onnx/schema';
import { readTensor } from '../onnx/tensor';
import { bytesOf, fieldsOf, type OnnxFile, readFields } from '../onnx/wire';
import type { ExternalData } from '../runtime/runtime';
import { corruptFile } from './fileErrors';
import type { ModelFiles } from './files';
import type { Manifest } from './manifest';

/** A graph as it is opened: its file, and those beside it that its weights lie in. */
export interface GraphFile {
  readonly bytes: Uint8Array;
  readonly external: readonly ExternalData[];
}

/** What may lie beside a graph and is none of its weights. */
const OTHERS = /\.(onnx|json|txt|md|safetensors|bin|pt|ckpt|msgpack)$/i;

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);

/** Files of a model that may hold the weights of these graphs: any name is allowed. */
export function besideGraphs({ files }: Pick<Manifest, 'files'>, graphs: readonly string[]): string[] {
  const folders = new Set(graphs.map(folderOf));
  return files.map(({ path }) => path).filter((path) => folders.has(folderOf(path)) && !OTHERS.test(path));
}

/**
 * The graph at that path. Of its bytes only the header is looked at.
 * @throws EvenhandError 'model-corrupt' where it is no ONNX model or its weights reach past the end of their file; 'model-missing' where
 * their file is not there.
 */
export function graphFile(files: ModelFiles, path: string): GraphFile {
  const bytes = files.bytes(path);
  const external = new Map<string, Uint8Array>();
  for (const { name, external: range } of initializersOf({ path, bytes })) {
    if (!range) continue;
    const place = folderOf(path) + range.file;
    const data = external.get(range.file) ?? files.bytes(place);
    external.set(range.file, data);
    const end = range.offset + (range.length ?? 0);
    if (end > data.length) {
      const reach = `the weights "${name}" of ${path} reach to byte ${end} of its ${data.length}`;
      throw corruptFile(place, reach);
    }
  }
  return { bytes, external: [...external].map(([file, data]) => ({ path: file, data })) };
}

function initializersOf(file: OnnxFile) {
  return fieldsOf(readFields(file.bytes, file), MODEL.graph)
    .flatMap((graph) => fieldsOf(readFields(bytesOf(graph, file), file), GRAPH.initializer))
    .map((tensor) => readTensor(bytesOf(tensor, file), file));
}
