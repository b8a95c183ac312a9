import { Button } from '@mantine/core';
import { useRef } from 'react';
import { useStore } from 'zustand';
import { when } from '../../ui/format';
import classes from './Brought.module.css';
import { forgetFolder, openHandle, type RememberedFolder } from './folderKeep';
import { folderOfInput } from './folders';
import { useBrought } from './useBrought';

export function FolderSection() {
  const store = useBrought();
  const input = useRef<HTMLInputElement>(null);
  const folders = useStore(store, (state) => state.folders);
  const doing = useStore(store, (state) => state.doing);

  const open = (handle: FileSystemDirectoryHandle) =>
    store.getState().openFolder(async () => {
      const folder = await openHandle(handle);
      await store.getState().refresh();
      return folder;
    });

  const pick = async () => {
    if (!window.showDirectoryPicker) return input.current?.click();
    const handle = await window.showDirectoryPicker().catch((error: unknown) => {
      // Closing the picker is no error.
      if (!(error instanceof DOMException && error.name === 'AbortError')) store.getState().fail(error);
    });
    if (handle) await open(handle);
  };

  return (
    <section>
      <h3>From a folder</h3>
      <p className={classes.says}>
        A Stable Diffusion 1.x, 2.x or Turbo pipeline as ONNX (the folder that holds model_index.json), or a
        perception pack (the folder that holds pack.json). Drop it on the page, or choose it. It is read on
        this device and sent nowhere.
      </p>
      <div className={classes.row}>
        <input
          ref={input}
          type="file"
          hidden
          multiple
          // React knows no such attribute, every browser does: the user picks a folder instead of files.
          {...{ webkitdirectory: '' }}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            if (files.length > 0) void store.getState().openFolder(async () => folderOfInput(files));
          }}
          data-testid="model-folder-input"
        />
        <Button
          size="sm"
          variant="default"
          disabled={doing !== null}
          onClick={() => void pick()}
          data-testid="model-folder"
        >
          Choose a folder
        </Button>
      </div>
      {folders.length > 0 && (
        <ul className={classes.files}>
          {folders.map((folder) => (
            <FolderRow key={folder.name} folder={folder} onOpen={() => void open(folder.handle)} />
          ))}
        </ul>
      )}
    </section>
  );
}

function FolderRow({ folder, onOpen }: { readonly folder: RememberedFolder; readonly onOpen: () => void }) {
  const store = useBrought();
  const forget = async () => {
    await forgetFolder(folder.name);
    await store.getState().refresh();
  };
  return (
    <li data-testid="remembered-folder">
      <span>
        {folder.name}
        <span className={classes.says}> opened {when(folder.openedAt)}</span>
      </span>
      <span>
        <Button size="compact-xs" variant="subtle" onClick={onOpen}>
          Open
        </Button>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => void forget()}>
          Forget
        </Button>
      </span>
    </li>
  );
}
