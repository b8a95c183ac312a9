import * as v from 'valibot';
import { parseJson } from '../pipeline/config';
import { corruptFile } from '../pipeline/fileErrors';
import type { Disk } from './disk';

/**
 * What is known of a model on the disk, beside its files. Written before the first byte comes, and after each whole file: each time
 * one line more, of which the last whole one counts. What was known stays when the storage is full or the tab closes meanwhile.
 */
const RECORD = 'model.json';
const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const bytes = v.pipe(v.number(), v.integer(), v.minValue(0));
const recordSchema = v.object({
  version: v.literal(1),
  createdAt: v.number(),
  address: v.object({ hub: v.string(), repo: v.string(), revision: v.string(), folder: v.string() }),
  commit: hex(40),
  files: v.array(
    v.object({
      path: v.string(),
      bytes,
      check: v.nullable(v.object({ kind: v.picklist(['sha256', 'git-blob']), hash: v.string() })),
    }),
  ),
  /** SHA-256 of the files that are whole and checked, by path. */
  whole: v.record(v.string(), hex(64)),
});

export type ModelRecord = v.InferOutput<typeof recordSchema>;

/** @returns undefined where there is none that can be read. */
export async function readRecord(disk: Disk, id: string): Promise<ModelRecord | undefined> {
  const file = await disk.file(id, RECORD);
  if (!file) return undefined;
  for (const line of (await file.text()).split('\n').toReversed()) {
    const parsed = v.safeParse(recordSchema, tryJson(line));
    if (parsed.success) return parsed.output;
  }
  return undefined;
}

/** @throws EvenhandError 'model-corrupt' where there is none that can be read. */
export async function knownRecord(disk: Disk, id: string): Promise<ModelRecord> {
  const record = await readRecord(disk, id);
  if (!record) throw corruptFile(`${id}/${RECORD}`, 'it does not say which files the model has');
  return record;
}

/** @throws DOMException 'QuotaExceededError' when the storage is full; what was known stays. */
export async function addRecord(disk: Disk, id: string, record: ModelRecord): Promise<void> {
  const target = await disk.open(id, RECORD);
  try {
    target.append(new TextEncoder().encode(`\n${JSON.stringify(record)}`));
  } finally {
    target.close();
  }
}

function tryJson(text: string): unknown {
  try {
    return parseJson(new TextEncoder().encode(text), RECORD);
  } catch {
    return undefined; // It was being written when the tab closed.
  }
}
