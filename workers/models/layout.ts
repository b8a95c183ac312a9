import { EvenhandError } from '../../src/core/errors';
import { missingFile } from '../pipeline/fileErrors';

/** Which files of a folder or repository make a Stable Diffusion pipeline, told by their names alone. */

const INDEX = 'model_index.json';
const GRAPHS = ['unet', 'text_encoder', 'vae_decoder', 'vae_encoder'] as const;
const REQUIRED = [
  INDEX,
  'text_encoder/model.onnx',
  'unet/model.onnx',
  'vae_decoder/model.onnx',
  'scheduler/scheduler_config.json',
];
const TOKENIZER =
  /^tokenizer\/(vocab\.json|merges\.txt|tokenizer\.json|tokenizer_config\.json|special_tokens_map\.json)$/;
/** Only Evenhand's own models have these. */
const OWN = /^(manifest\.json|vocabulary\.json|perception\/reader\.(json|onnx))$/;
/** Beside an ONNX graph, anything may be its external data, but not the same weights in another format. */
const OTHER_FORMAT =
  /\.(safetensors|bin|pt|pth|ckpt|msgpack|h5|ot|onnx|ort|md|txt|gitattributes|xml|index\.json)$/i;

/**
 * @param paths of everything there. @returns the folder of the pipeline ("" or ending in "/") and the files it needs, relative to it.
 * @throws EvenhandError 'model-missing' naming what is not there, 'model-unsupported' for another kind of model.
 */
export function pipelineIn(
  paths: readonly string[],
  name: string,
): { readonly root: string; readonly files: readonly string[] } {
  const root = rootOf(paths, name);
  const inside = paths.filter((path) => path.startsWith(root)).map((path) => path.slice(root.length));
  refuseOtherKinds(inside, name);
  const missing = REQUIRED.filter((path) => !inside.includes(path));
  if (!hasTokenizer(inside)) missing.push('tokenizer/vocab.json');
  if (missing.length > 0) throw missingFile(missing.join(', '), name, 'nothing of that name is there');
  return { root, files: inside.filter(isWanted) };
}

function rootOf(paths: readonly string[], name: string): string {
  const depth = (path: string) => path.split('/').length;
  const indexes = paths
    .filter((path) => path === INDEX || path.endsWith(`/${INDEX}`))
    .sort((a, b) => depth(a) - depth(b));
  const [first, second] = indexes;
  if (first === undefined) throw noPipeline(paths, name);
  if (second !== undefined && depth(second) === depth(first)) {
    const folders = indexes.filter((path) => depth(path) === depth(first));
    throw new EvenhandError(
      'model-unsupported',
      `${name} holds several models: ${folders.map((path) => path.slice(0, -INDEX.length - 1)).join(', ')}.`,
      'Open one of these folders.',
    );
  }
  return first.slice(0, first.length - INDEX.length);
}

function noPipeline(paths: readonly string[], name: string): EvenhandError {
  const archive = paths.find((path) => /\.(zip|tar|gz|tgz|7z|rar)$/i.test(path));
  if (archive !== undefined) {
    return new EvenhandError(
      'model-unsupported',
      `${archive} is an archive; Evenhand opens the folder inside it.`,
      'Unpack it, then open the folder that holds model_index.json.',
    );
  }
  const checkpoint = paths.find((path) => /\.(safetensors|ckpt)$/i.test(path));
  if (checkpoint !== undefined) {
    return new EvenhandError(
      'model-unsupported',
      `${name} holds ${checkpoint}, weights without the graph that uses them.`,
      'Export the model to ONNX first (docs/bring-your-own.md), then open the folder that this writes.',
    );
  }
  return missingFile(INDEX, name, 'it names the parts of a pipeline, and no folder here has it');
}

function refuseOtherKinds(paths: readonly string[], name: string): void {
  const has = (folder: string) => paths.some((path) => path.startsWith(`${folder}/`));
  if (has('text_encoder_2') || has('tokenizer_2'))
    throw otherKind(name, 'has two text encoders (as SDXL has)');
  if (has('transformer'))
    throw otherKind(name, 'draws with a transformer (as Flux and Stable Diffusion 3 do)');
  const torch = paths.find((path) => /^unet\/.*\.(safetensors|bin)$/i.test(path));
  if (torch !== undefined && !paths.includes('unet/model.onnx')) {
    throw new EvenhandError(
      'model-unsupported',
      `${name} holds PyTorch weights (${torch}), not ONNX graphs.`,
      'Choose an ONNX export of it, or export it yourself (docs/bring-your-own.md).',
    );
  }
}

const otherKind = (name: string, why: string): EvenhandError =>
  new EvenhandError(
    'model-unsupported',
    `${name} ${why}; Evenhand runs Stable Diffusion 1.x, 2.x and Turbo with one text encoder so far.`,
    'Choose another model.',
  );

const hasTokenizer = (paths: readonly string[]): boolean =>
  paths.includes('tokenizer/tokenizer.json') ||
  (paths.includes('tokenizer/vocab.json') && paths.includes('tokenizer/merges.txt'));

function isWanted(path: string): boolean {
  if (REQUIRED.includes(path) || TOKENIZER.test(path) || OWN.test(path)) return true;
  const [folder = '', file = '', ...deeper] = path.split('/');
  if (!GRAPHS.some((part) => part === folder) || deeper.length > 0) return false;
  return file === 'model.onnx' || file === 'config.json' || !OTHER_FORMAT.test(file);
}
