import { EvenhandError } from '../../src/core/errors';
import { tableRows } from '../deltas/table';
import type { OnnxModel } from '../onnx/model';
import type { Graph, Port } from '../runtime/runtime';
import { PATHS } from './config';

/**
 * Do the parts of a folder belong together? What one gives and the next takes is compared as far as the graphs state it, before
 * anything is drawn: a GPU reads past the end of a table without a word, and a part of another model draws nonsense.
 */

type Ports = Pick<Graph, 'inputs' | 'outputs'>;

export interface Parts {
  readonly textEncoder: Ports;
  readonly unet: Pick<Graph, 'inputs'>;
  readonly vaeDecoder: Ports;
}

export interface Stated {
  /** [channels, height, width], of the configs. */
  readonly latentDims: readonly [number, number, number];
  /** Rows of text, of the tokenizer. */
  readonly maxTokens: number;
}

/** @throws EvenhandError 'model-corrupt', naming both files and what each says. */
export function checkParts(
  { textEncoder, unet, vaeDecoder }: Parts,
  { latentDims, maxTokens }: Stated,
): void {
  const [channels, height, width] = latentDims;
  const ids = input(textEncoder, PATHS.textEncoder, 'input_ids', 2);
  agree(PATHS.tokenizerConfig, maxTokens, PATHS.textEncoder, ids.dims[1], 'tokens a prompt');

  const text = input(unet, PATHS.unet, 'encoder_hidden_states', 3);
  const hidden = textEncoder.outputs.find(
    ({ name, dims }) => name === 'last_hidden_state' && dims.length === 3,
  );
  agree(PATHS.tokenizerConfig, maxTokens, PATHS.unet, text.dims[1], 'tokens a prompt');
  agree(PATHS.textEncoder, hidden?.dims[2], PATHS.unet, text.dims[2], 'numbers a token');

  const sample = input(unet, PATHS.unet, 'sample', 4);
  const latent = vaeDecoder.inputs[0]?.dims ?? [];
  if (latent.length !== 4)
    throw apart(`${PATHS.vaeDecoder} takes ${shown(vaeDecoder.inputs[0])}, which is no latent`);
  agree(PATHS.vaeConfig, channels, PATHS.unet, sample.dims[1], 'channels of a latent');
  agree(PATHS.vaeConfig, channels, PATHS.vaeDecoder, latent[1], 'channels of a latent');
  for (const [path, dims] of [
    [PATHS.unet, sample.dims],
    [PATHS.vaeDecoder, latent],
  ] as const) {
    agree(PATHS.unetConfig, height, path, dims[2], 'rows of a latent');
    agree(PATHS.unetConfig, width, path, dims[3], 'columns of a latent');
  }
}

/** @param rows ids that the tokenizer can give. @throws EvenhandError 'model-corrupt' where the text encoder's table has fewer. */
export function checkTokens(textEncoder: OnnxModel, rows: number): void {
  const known = tableRows(textEncoder);
  if (known === undefined || known >= rows) return;
  throw apart(
    `the tokenizer gives ids up to ${rows - 1}, and ${textEncoder.file.path} knows ${known} tokens, 0 to ${known - 1}`,
  );
}

function input({ inputs }: Pick<Graph, 'inputs'>, path: string, name: string, rank: number): Port {
  const found = inputs.find((port) => port.name === name);
  // ONNX Runtime gives no dimensions where the graph states none.
  if (found && (found.dims.length === rank || found.dims.length === 0)) return found;
  const stated = inputs.map(shown).join(', ') || 'none';
  throw apart(`${path} has no input ${name} of ${rank} dimensions (its inputs are ${stated})`);
}

const shown = (port: Port | undefined): string =>
  port ? `${port.name} [${port.dims.join(', ')}]` : 'nothing';

/** Dimensions that are free or not stated agree with all. */
function agree(
  one: string,
  a: number | string | undefined,
  other: string,
  b: number | string | undefined,
  of: string,
) {
  const stated = (dim: number | string | undefined): dim is number => typeof dim === 'number' && dim > 0;
  if (stated(a) && stated(b) && a !== b) throw apart(`${one} has ${a} ${of}, ${other} has ${b}`);
}

const apart = (why: string): EvenhandError =>
  new EvenhandError(
    'model-corrupt',
    `The parts of this model do not belong together: ${why}.`,
    'Take all files from the same export, and open that folder.',
  );
