import { createSHA1, createSHA256 } from 'hash-wasm';
import type { Target } from './disk';
import type { RemoteFile } from './types';

/** A file that is hashed while it is written. */
export interface HashedTarget {
  readonly size: number;
  append(bytes: Uint8Array): void;
  clear(): void;
  /** Of a whole file: how its content differs from what the hub lists; undefined if it does not. */
  fault(): string | undefined;
  /** Of a whole file, hexadecimal. */
  sha256(): string;
}

const PIECE = 4 * 2 ** 20;

/** @param target what is on it already is read, once. */
export async function hashed(target: Target, { bytes, check }: RemoteFile): Promise<HashedTarget> {
  const sha256 = await createSHA256();
  const gitBlob = check?.kind === 'git-blob' ? await createSHA1() : undefined;
  /** Of the whole file, taken once: a hash cannot be asked twice. */
  let digest: string | undefined;
  let blobId: string | undefined;
  const begin = () => {
    digest = undefined;
    blobId = undefined;
    sha256.init();
    // A Git blob's id is the SHA-1 of a header and the content (git-hash-object).
    gitBlob?.init().update(`blob ${bytes}\0`);
  };
  const add = (piece: Uint8Array) => {
    sha256.update(piece);
    gitBlob?.update(piece);
  };
  const end = () => {
    digest ??= sha256.digest('hex');
    return digest;
  };
  begin();
  for (let at = 0; at < target.size; at += PIECE) add(target.read(at, Math.min(PIECE, target.size - at)));

  return {
    get size() {
      return target.size;
    },
    append(piece) {
      target.append(piece);
      add(piece);
    },
    clear() {
      target.clear();
      begin();
    },
    fault() {
      if (!check) return undefined;
      blobId ??= gitBlob?.digest('hex');
      const own = blobId ?? end();
      const name = gitBlob ? 'Git blob id' : 'SHA-256';
      return own === check.hash ? undefined : `its content does not match the ${name} that the hub lists`;
    },
    sha256: end,
  };
}
