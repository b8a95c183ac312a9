import type { AttentionMaps, PromptWord } from '../method';
import { type Grid, grid, mapped } from './grid';
import type { ParsedPrompt, Span } from './parsing';
import { layerWeights, type Voted, vote } from './voting';

/** Rows of the encoded prompt that a part of it became. */
export function rowsIn({ start, end }: Span, words: readonly PromptWord[]): number[] {
  return words.filter((word) => word.start < end && word.end > start).flatMap(({ rows }) => [...rows]);
}

/** Every row that the method looks at. */
export function rowsOf({ people, competitors }: ParsedPrompt, words: readonly PromptWord[]): number[] {
  const spans = [...people.flatMap(({ head, modifiers }) => [head, ...modifiers]), ...competitors];
  return [...new Set(spans.flatMap((span) => rowsIn(span, words)))].sort((a, b) => a - b);
}

/** Attention gathered over steps. */
export interface Gathered {
  add(maps: AttentionMaps): void;
  /** Votes on one word, its map the mean over its rows; undefined before the first step, or if it has no rows. */
  votesOn(rows: readonly number[], width: number, height: number): Voted | undefined;
}

/** @param kept share of what was gathered that each new step leaves; undefined: the mean of all steps. */
export function gatherAttention(kept?: number): Gathered {
  let known: AttentionMaps | undefined;
  let steps = 0;
  return {
    add(maps) {
      steps += 1;
      const share = known === undefined ? 0 : (kept ?? (steps - 1) / steps);
      const before = known;
      known = {
        tokens: maps.tokens,
        layers: maps.layers.map((layer, l) => ({
          ...layer,
          maps: layer.maps.map((map, t) =>
            map.map(
              (value, i) => (before ? share * before.layers[l]!.maps[t]![i]! : 0) + (1 - share) * value,
            ),
          ),
        })),
      };
    },
    votesOn(rows, width, height) {
      if (!known || rows.length === 0) return undefined;
      const { tokens, layers } = known;
      const weights = layerWeights(layers);
      const voters = layers.flatMap((layer) => {
        const weight = weights.get(layer.layer);
        if (weight === undefined) return [];
        const own = rows.map((row) => layer.maps[tokens.indexOf(row)]!);
        return [{ map: meanOf(own, layer.width, layer.height), weight }];
      });
      return vote(voters, width, height);
    },
  };
}

function meanOf(maps: readonly Float32Array[], width: number, height: number): Grid {
  const sum = grid(width, height, new Float32Array(width * height));
  return mapped(sum, (_, i) => maps.reduce((total, map) => total + map[i]!, 0) / maps.length);
}
