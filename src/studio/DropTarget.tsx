import { useEffect, useState } from 'react';
import { reportOf } from '../core/errors';
import { openHandle } from '../models/brought/folderKeep';
import { folderOfEntry } from '../models/brought/folders';
import { broughtOf } from '../models/brought/useBrought';
import classes from './DropTarget.module.css';
import { importDelta } from './deltas/importDelta';
import { readPngSettings } from './image/metadata';
import { settingsFromDrop } from './restoreSettings';
import { useStudio } from './StudioContext';
import type { Studio } from './session';

/** A picture saved from Evenhand carries its settings: dropped anywhere on the page, it brings them back. A LoRA becomes a trained variant. */
export function DropTarget() {
  const studio = useStudio();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const enter = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!isFile(event)) return;
      event.preventDefault();
      setOver(false);
      if (takeModel(event, studio)) return;
      const file = event.dataTransfer?.files[0];
      if (file) void (isDelta(file) ? importDelta(studio, file) : restoreFrom(file, studio));
    };
    addEventListener('dragenter', enter);
    addEventListener('dragover', enter);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragenter', enter);
      removeEventListener('dragover', enter);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [studio]);
  return over ? (
    <div className={classes.over}>
      Drop a picture to restore its settings, a LoRA file or a model’s folder to draw with it
    </div>
  ) : null;
}

/** A folder is taken for a model, and so is an archive, which is then told what to do. */
function takeModel({ dataTransfer }: DragEvent, studio: Studio): boolean {
  // Both must be asked for before the event ends.
  const item = dataTransfer?.items[0];
  const [entry, handle] = [item?.webkitGetAsEntry?.(), item?.getAsFileSystemHandle?.()];
  const file = dataTransfer?.files[0];
  const isArchive = file !== undefined && /\.(zip|tar|t?gz|7z|rar|ckpt|onnx)$/i.test(file.name);
  if (!entry?.isDirectory && !isArchive) return false;
  const store = broughtOf(studio).getState();
  store.showTab('models');
  void store.openFolder(async () => {
    if (!entry?.isDirectory) return { name: file!.name, files: [{ path: file!.name, file: file! }] };
    const directory = await handle?.catch(() => null);
    return directory?.kind === 'directory'
      ? openHandle(directory as FileSystemDirectoryHandle)
      : folderOfEntry(entry as FileSystemDirectoryEntry);
  });
  return true;
}

const isDelta = ({ name }: File) => /\.safetensors$/i.test(name);

/** Longest picture read: far above anything that is drawn here, far below what would stop the page. */
const MAX_BYTES = 64_000_000;

export async function restoreFrom(file: File, { settings, notices, engine }: Studio): Promise<void> {
  const before = settings.getState();
  try {
    const dropped = readPngSettings(new Uint8Array(await file.slice(0, MAX_BYTES).arrayBuffer()));
    before.change(settingsFromDrop(dropped));
    const { status } = engine.getState();
    const sameModel =
      dropped.from === 'evenhand' &&
      status.phase === 'ready' &&
      dropped.metadata.model.hash === status.info.hash;
    notices.getState().show({
      place: 'toast',
      tone: 'plain',
      text:
        dropped.from === 'evenhand' && !sameModel
          ? `Settings restored from ${file.name}, which another version of the model drew.`
          : `Settings restored from ${file.name}.`,
      action: { label: 'Undo', run: () => settings.getState().replace(before) },
    });
  } catch (error) {
    notices.getState().report(reportOf(error));
  }
}
