import type { FolderFile } from '../../models/types';

/** What a pack says of itself; shown as it stands. */
export interface PackInfo {
  readonly id: string;
  readonly title: string;
  /** SHA-256 of pack.json. */
  readonly hash: string;
  readonly licence: string;
  readonly source?: string;
  readonly trainedOn: string;
  readonly limits: readonly string[];
  /** By attribute: [true][read] persons of a labelled test, and which test that was. */
  readonly error: Readonly<
    Record<string, { readonly confusion: readonly (readonly number[])[]; readonly on: string }>
  >;
}

/** A pack as the page hands it to the engine. */
export interface PackPlace {
  readonly name: string;
  readonly files: readonly FolderFile[];
}
