import { mapOf } from '../../../workers/inspect/quantise';
import type {
  InspectedImage,
  InspectedLayer,
  InspectedStep,
  InspectedToken,
} from '../../../workers/inspect/types';

/** One layer by its position in InspectedImage.layers, or the mean over all of them. */
export type LayerChoice = number | 'all';

export interface Heat {
  readonly width: number;
  readonly height: number;
  /** 0..1: the part of each place's attention that goes to the token. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Mean over all places. */
  readonly share: number;
}

/** Where the places of a step look at a token. @returns null where the model gives no maps. */
export function heatOf(
  { layers }: Pick<InspectedImage, 'layers'>,
  step: InspectedStep,
  token: InspectedToken,
  choice: LayerChoice,
): Heat | null {
  if (step.maps.length === 0) return null;
  const chosen = choice === 'all' ? [...layers.keys()] : [choice];
  const [width, height] = ['width', 'height'].map((side) =>
    Math.max(...chosen.map((at) => layers[at]![side as 'width' | 'height'])),
  ) as [number, number];
  const values = new Float32Array(width * height);
  for (const at of chosen) {
    const layer = layers[at]!;
    const map = mapOf(step.maps[at]!, token.rows, layer.width * layer.height);
    addStretched(values, width, height, map, layer, 1 / chosen.length);
  }
  const share = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { width, height, values, share };
}

/** A coarse layer speaks for all the places that each of its pixels covers. */
function addStretched(
  sum: Float32Array,
  width: number,
  height: number,
  map: Float32Array,
  layer: InspectedLayer,
  weight: number,
): void {
  for (let y = 0; y < height; y++) {
    const row = Math.floor((y * layer.height) / height) * layer.width;
    for (let x = 0; x < width; x++) {
      sum[y * width + x]! += weight * map[row + Math.floor((x * layer.width) / width)]!;
    }
  }
}

/** "down 16 × 16", and "down 16 × 16, second" where there is more than one of a kind. */
export function layerTitles(layers: readonly InspectedLayer[]): readonly string[] {
  const ORDINALS = ['', ', second', ', third', ', fourth', ', fifth', ', sixth'];
  const seen = new Map<string, number>();
  return layers.map(({ place, width, height }, at) => {
    const kind = `${place ?? 'layer'} ${width} × ${height}`;
    const count = seen.get(kind) ?? 0;
    seen.set(kind, count + 1);
    return `${kind}${ORDINALS[count] ?? ` (${at + 1})`}`;
  });
}

/**
 * A name that is the same in prompts that differ in other words: "doctor", and "a (2)" for the second of its kind. What a method adds
 * to the prompt of one picture thus does not shift the words of the other.
 */
export function tokenNames(tokens: readonly InspectedToken[]): readonly string[] {
  const seen = new Map<string, number>();
  return tokens.map(({ kind, text }) => {
    const name = kind === 'word' ? text : `‹${text}›`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  });
}

/** The token of that name at a step, if its text has one. */
export function tokenNamed(
  { tokens }: Pick<InspectedImage, 'tokens'>,
  step: InspectedStep,
  name: string,
): InspectedToken | undefined {
  const all = tokens[step.prompt] ?? [];
  return all[tokenNames(all).indexOf(name)];
}

/** Of two pictures that took other ways, the step that stands at the same place: in its last pass. */
export function stepAt(image: InspectedImage, index: number): InspectedStep | undefined {
  return image.steps.findLast((step) => step.index === index);
}

/** How many steps there are to slide over. */
export const stepCount = ({ steps }: InspectedImage): number =>
  Math.max(0, ...steps.map(({ index }) => index + 1));
