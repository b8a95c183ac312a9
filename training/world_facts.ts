/**
 * Prints what the Python side needs from the drawn world as JSON: `node scripts/run.mjs training/world_facts.ts`.
 * expected: P(value | occupation) of the bias table; prompts: explicit prompts, with those that no caption stated.
 */
import {
  expectedShares,
  explicitPrompts,
  HOMOGENEITY,
  neutralPrompt,
  OCCUPATIONS,
  rendererHash,
} from '../src/core/world/index';

export function main(): void {
  const expected = Object.fromEntries(OCCUPATIONS.map((id) => [id, expectedShares(id)]));
  const neutral = Object.fromEntries(
    OCCUPATIONS.map((id) => [id, [1, 2, 3, 4].map((count) => neutralPrompt(id, count))]),
  );
  console.log(
    JSON.stringify({
      rendererHash: rendererHash(),
      homogeneity: HOMOGENEITY,
      expected,
      neutral,
      prompts: explicitPrompts(),
    }),
  );
}
