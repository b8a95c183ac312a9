import { broken, unsupported } from './errors';
import { isLoraKey, type Lora, readLora } from './lora';
import { type NamedTensor, readSafetensors, type Safetensors } from './safetensors';

/** A learned token as its file has it. */
export interface Embedding {
  /** As it stands in a prompt: "<fair-person>". */
  readonly token: string;
  readonly vectors: number;
  readonly width: number;
  /** [vectors, width]. */
  readonly data: Float32Array;
}

/** What a file of a variant holds: low-rank changes, learned tokens, or both. */
export interface Delta extends Lora {
  readonly embeddings: readonly Embedding[];
  readonly metadata: Safetensors['metadata'];
}

/** More vectors would leave a prompt no room. */
const MOST_VECTORS = 64;
/** AUTOMATIC1111's name for the rows of the one token of a file. */
const ONE_TOKEN = 'emb_params';

/**
 * Reads a LoRA, a textual inversion, or a variant that training/variant.py wrote. Tokens stand under their own name, as diffusers
 * writes them; one without pointed brackets gets them, so that no ordinary word changes its meaning.
 * @param name of the file, for errors and for a token that has no name of its own.
 * @throws EvenhandError 'model-corrupt' or 'model-unsupported'; nothing but the file was touched.
 */
export function readDelta(bytes: Uint8Array, name: string): Delta {
  const { tensors, metadata } = readSafetensors(bytes, name);
  if (tensors.size === 0) throw broken(name, 'it holds no tensors');
  const rest = [...tensors].filter(([key]) => !isLoraKey(key));
  const isOne = tensors.size === 1 && rest.length === 1;
  const embeddings = rest.map(([key, tensor]) => {
    if (!isOne && !isToken(key)) {
      throw unsupported(
        name,
        `"${key}" is neither a key of a LoRA in the names of diffusers, PEFT or kohya nor a token`,
      );
    }
    return embeddingOf(tokenOf(key === ONE_TOKEN ? name : key), tensor, name);
  });
  const lora = new Map([...tensors].filter(([key]) => isLoraKey(key)));
  return { ...readLora({ tensors: lora, metadata }, name), embeddings, metadata };
}

const isToken = (key: string) => /^<[^<>\s]+>$/.test(key);

function tokenOf(name: string): string {
  if (isToken(name)) return name.toLowerCase();
  const plain = name.replace(/\.safetensors$/, '').toLowerCase();
  return `<${plain.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '') || 'token'}>`;
}

function embeddingOf(token: string, { shape, data }: NamedTensor, name: string): Embedding {
  const [vectors, width] = shape.length === 1 ? [1, shape[0]!] : shape;
  if (shape.length > 2 || !vectors || !width || vectors > MOST_VECTORS) {
    throw unsupported(
      name,
      `the token ${token} has the shape [${shape.join(', ')}], not one of up to ${MOST_VECTORS} rows`,
    );
  }
  if (!data.every(Number.isFinite)) throw broken(name, `"${token}" holds numbers that are none`);
  return { token, vectors, width, data };
}
