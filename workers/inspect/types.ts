import type { Place } from '../methods/unet';
import type { ImageResult, RunRequest } from '../protocol';

/** One image of a run, to be drawn again with every step looked at. */
export interface InspectJob {
  readonly request: RunRequest;
  readonly laneId: string;
  /** Position in request.seeds. */
  readonly index: number;
}

export interface InspectProgress {
  /** Steps that are drawn. */
  readonly done: number;
  readonly total: number;
}

/** A word, or what the encoder put before and behind the words. */
export interface InspectedToken {
  readonly kind: 'start' | 'word' | 'end';
  readonly text: string;
  /** Which of the maps are this token's: rows of the encoded text. */
  readonly rows: readonly number[];
}

/** One cross-attention. */
export interface InspectedLayer {
  /** In order of execution. */
  readonly layer: number;
  readonly place: Place | undefined;
  readonly width: number;
  readonly height: number;
}

/** The attention of one layer at one step: a byte a pixel, for every row of the text that was probed. */
export interface QuantisedMaps {
  /** [rows, height * width], each row in parts of its own largest value. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** [rows]: that largest value, 0..1. */
  readonly largest: Float32Array<ArrayBuffer>;
}

export interface InspectedStep {
  /** From 0; a further pass goes over the last ones again. */
  readonly index: number;
  readonly pass: number;
  /** The text of this step: methods may switch it on the way. A key of InspectedImage.tokens. */
  readonly prompt: string;
  /** The clean picture as it was guessed at this step. */
  readonly preview: Pixels;
  /** By layer, in the order of InspectedImage.layers; empty where the model gives no probes. */
  readonly maps: readonly QuantisedMaps[];
}

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** RGBA, row-major. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
}

export interface InspectedImage {
  readonly image: ImageResult;
  /** Why there are no maps, as a sentence; absent where there are. */
  readonly withoutMaps?: string;
  /** By prompt. */
  readonly tokens: Readonly<Record<string, readonly InspectedToken[]>>;
  readonly layers: readonly InspectedLayer[];
  readonly steps: readonly InspectedStep[];
}
