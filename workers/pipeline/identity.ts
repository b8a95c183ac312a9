import type { Tensor } from '../../src/core/tensor';

/** Tells tensors apart by what they hold, bit by bit: two of the same content have the same number. */
export interface Identity {
  /** @param remember whether later tensors may turn out to be this one; it is then held. */
  of(tensor: Tensor, remember: boolean): number;
}

export function createIdentity(): Identity {
  const numbers = new WeakMap<Tensor, number>();
  const byHash = new Map<number, Tensor[]>();
  let next = 0;
  return {
    of(tensor, remember) {
      const known = numbers.get(tensor);
      if (known !== undefined) return known;
      const bits = bitsOf(tensor);
      const hash = hashOf(bits);
      const alike = byHash.get(hash) ?? [];
      const same = alike.find((other) => areEqual(bitsOf(other), bits));
      const number = same ? numbers.get(same)! : next++;
      if (same || remember) numbers.set(tensor, number);
      if (!same && remember) byHash.set(hash, [...alike, tensor]);
      return number;
    },
  };
}

const bitsOf = ({ data }: Tensor) => new Uint32Array(data.buffer, data.byteOffset, data.length);

/** FNV-1a, a word at a time. Only what shares it is compared. */
function hashOf(bits: Uint32Array): number {
  let hash = 0x811c9dc5;
  for (const word of bits) hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function areEqual(a: Uint32Array, b: Uint32Array): boolean {
  return a.length === b.length && a.every((word, i) => word === b[i]);
}
