import * as v from 'valibot';
import type { Place } from '../onnx/middle';

/** What diffusers' unet/config.json says about where attentions are; what is not there has diffusers' default. */
const layers = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(64));
const perBlock = v.union([layers, v.array(layers)]);
const blocksSchema = v.object({
  down_block_types: v.array(v.string()),
  up_block_types: v.array(v.string()),
  mid_block_type: v.optional(v.nullable(v.string()), 'UNetMidBlock2DCrossAttn'),
  layers_per_block: v.optional(perBlock),
  transformer_layers_per_block: v.optional(perBlock, 1),
});

/** Layers in a block where a config is silent: diffusers' default first. */
const USUAL_LAYERS = [2, 1, 3, 4];

/**
 * The transformer blocks of a diffusers UNet in order of execution, e.g. "down_blocks.0.attentions.0.transformer_blocks.0"; each has one
 * self-attention (attn1) and one cross-attention (attn2).
 * @param config parsed unet/config.json. @param counts cross-attentions that the graph has by place.
 * @returns undefined when the config is none, or speaks of another number of attentions than the graph has.
 */
export function transformerBlocks(
  config: unknown,
  counts: Readonly<Record<Place, number>>,
): readonly string[] | undefined {
  const parsed = v.safeParse(blocksSchema, config);
  if (!parsed.success) return undefined;
  const blocks = parsed.output;
  const said = blocks.layers_per_block;
  for (const each of said === undefined ? USUAL_LAYERS : [said]) {
    const named = namesOf({ ...blocks, layers_per_block: each });
    if (PLACES.every((place) => named[place].length === counts[place])) {
      return PLACES.flatMap((place) => named[place]);
    }
  }
  return undefined;
}

const PLACES: readonly Place[] = ['down', 'mid', 'up'];

type PerBlock = number | readonly number[];

function namesOf(
  config: v.InferOutput<typeof blocksSchema> & { layers_per_block: PerBlock },
): Record<Place, string[]> {
  const { down_block_types: down, up_block_types: up, mid_block_type: mid } = config;
  const at = (of: PerBlock, block: number) => (typeof of === 'number' ? of : (of[block] ?? 0));
  const perLayer = config.transformer_layers_per_block;
  const list = (place: string, layersOf: number, transformers: number) =>
    Array.from({ length: layersOf }, (_, attention) =>
      Array.from(
        { length: transformers },
        (_, block) => `${place}.attentions.${attention}.transformer_blocks.${block}`,
      ),
    ).flat();
  const has = (type: string) => type.includes('CrossAttn');
  const last = down.length - 1;
  return {
    down: down.flatMap((type, i) =>
      has(type) ? list(`down_blocks.${i}`, at(config.layers_per_block, i), at(perLayer, i)) : [],
    ),
    mid: mid && has(mid) ? list('mid_block', 1, at(perLayer, last)) : [],
    // Up-blocks mirror the down-blocks, with one layer more for the skip connection.
    up: up.flatMap((type, i) =>
      has(type)
        ? list(`up_blocks.${i}`, at(config.layers_per_block, last - i) + 1, at(perLayer, last - i))
        : [],
    ),
  };
}
