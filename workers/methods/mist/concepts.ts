import {
  applyRowMatrix,
  type Concept,
  type Matrix,
  mistNullAll,
  multiply,
  type Row,
} from '../../../src/core/linalg';
import { wantedShares } from '../assign';
import { inWords } from '../inWords';
import type { MethodHost } from '../method';
import { endRows } from '../textRows';
import type { Nameable } from '../words';

/** Directions weaker than this share of the strongest are dropped where several concepts are edited at once (methods.md 4.3). */
const CUT = 0.05;

/** A noun, and the prompts that tell each combination of the attributes' values of it, e.g. "a dark-skinned female doctor". */
export interface NounInWords {
  readonly source: string;
  readonly guidance: readonly string[];
}

/** @param source "a doctor", "two doctors". @returns guidance in the order of `wantedShares(attributes, targets)`. */
export function nounInWords(source: string, attributes: readonly Nameable[], host: MethodHost): NounInWords {
  const guidance = wantedShares(attributes, host.targets).map(({ values }) =>
    inWords(source, values, host.wordFor),
  );
  return { source, guidance };
}

/** The end rows of a noun's prompts. */
export async function encodeConcept({ source, guidance }: NounInWords, host: MethodHost): Promise<Concept> {
  const [sourceRow, ...guidanceRows] = await endRows(host, [source, ...guidance]);
  return { source: sourceRow!, guidance: guidanceRows };
}

/** All concepts in one solve, so that their order does not matter. @returns [width, width]. */
export function removeJointly(concepts: readonly Concept[], rho: number, preserve: readonly Row[]): Matrix {
  return mistNullAll(concepts, rho, preserve, concepts.length > 1 ? CUT : 0);
}

/**
 * One group of concepts after the other, each seen through the edits before it: P = P_k ... P_1 (ours, methods.md 4.3).
 * @param groups at least one, none empty. @returns [width, width].
 */
export function removeInTurn(
  groups: readonly (readonly Concept[])[],
  rho: number,
  preserve: readonly Row[],
): Matrix {
  const [first, ...later] = groups;
  if (!first) throw new RangeError('There is nothing to remove.');
  return later.reduce(
    (before, group) => {
      const seen = (row: Row) => applyRowMatrix(Float64Array.from(row), before);
      const concepts = group.map(({ source, guidance }) => ({
        source: seen(source),
        guidance: guidance.map(seen),
      }));
      return multiply(removeJointly(concepts, rho, preserve.map(seen)), before);
    },
    removeJointly(first, rho, preserve),
  );
}
