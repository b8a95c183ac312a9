import type { ElementCounts } from './header';

/**
 * Models that the user brings, from a folder or from a hub, as they pass between the page, the worker that gets them
 * (workers/getModels.ts) and the engine.
 */

/** A pipeline on a hub. */
export interface HubAddress {
  /** Origin, such as "https://huggingface.co". */
  readonly hub: string;
  /** "owner/name". */
  readonly repo: string;
  /** Branch, tag or commit, as the user wrote it; "main" when nothing was said. */
  readonly revision: string;
  /** Folder inside the repository that holds model_index.json: "" or ending in "/". */
  readonly folder: string;
}

/** What the hub says a file's content is: the SHA-256 of a large file, the Git blob id (SHA-1) of a small one. */
export interface Check {
  readonly kind: 'sha256' | 'git-blob';
  /** Hexadecimal. */
  readonly hash: string;
}

export interface RemoteFile {
  /** Relative to the folder of model_index.json. */
  readonly path: string;
  readonly bytes: number;
  /** null where the hub states none. */
  readonly check: Check | null;
}

/** What would be downloaded, and from where; nothing of it is here yet but what `heldBytes` counts. */
export interface Offer {
  /** Names the pinned model in this browser's storage. */
  readonly id: string;
  readonly address: HubAddress;
  /** The commit that the revision meant when it was looked up: 40 hexadecimal digits. */
  readonly commit: string;
  readonly files: readonly RemoteFile[];
  /** Of an earlier download that broke off. */
  readonly heldBytes: number;
}

/** A model kept in this browser, whole or in part. */
export interface StoredModel {
  readonly id: string;
  readonly address: HubAddress;
  readonly commit: string;
  readonly createdAt: number;
  /** On disk now, and when it is whole. */
  readonly heldBytes: number;
  readonly totalBytes: number;
  readonly complete: boolean;
}

export interface DownloadProgress {
  readonly file: string;
  /** Of all files together. What an earlier try had brought counts as here. */
  readonly loadedBytes: number;
  readonly totalBytes: number;
  /** null before it can be told. */
  readonly remainingMs: number | null;
  /** The connection is gone, and the next try comes by itself. */
  readonly waiting: boolean;
}

export interface FolderFile {
  /** Relative to the folder, with "/". */
  readonly path: string;
  readonly file: Blob;
}

/** Where the engine reads a model from. */
export type ModelPlace =
  | { readonly kind: 'url'; readonly baseUrl: string }
  | {
      readonly kind: 'files';
      /** Two places with the same key are the same model. */
      readonly key: string;
      /** For messages. */
      readonly name: string;
      /** Stands for manifest.json: names every file with its SHA-256. */
      readonly manifest: string;
      readonly files: readonly FolderFile[];
      /** The UNet computes in float16 where the device can. */
      readonly float16: boolean;
    };

/** What one graph asks of a device; read from its header, the weights stay on disk. */
export interface GraphNeeds {
  readonly path: string;
  /** The file and its external data. */
  readonly fileBytes: number;
  /** Of the longest of these files: each is read whole. */
  readonly longestFileBytes: number;
  /** Numbers stored, by element type. */
  readonly weights: ElementCounts;
  /** Of one tensor as it is stored. */
  readonly largestTensorBytes: number;
  /** Attention is one fused operator, so that no table of all scores is held. */
  readonly fusedAttention: boolean;
}

export interface ModelNeeds {
  readonly graphs: readonly GraphNeeds[];
  /** Sides of the latent, or null where unet/config.json does not tell. */
  readonly latent: readonly [height: number, width: number] | null;
  /** Of the self-attention at full latent size; null where the config does not tell. */
  readonly heads: number | null;
}

/** A brought model that was read far enough to be opened, and to be held against this device. */
export interface SurveyedModel {
  readonly place: Extract<ModelPlace, { kind: 'files' }>;
  readonly needs: ModelNeeds;
  readonly totalBytes: number;
}
