import { describe, expect, it } from 'vitest';
import { folderOfEntry, folderOfHandle, folderOfInput } from './folders';

const picked = (path: string) =>
  Object.defineProperty(new File(['x'], path.split('/').at(-1)!), 'webkitRelativePath', { value: path });

interface Tree {
  readonly [name: string]: Tree | string;
}

/** A folder as the File System Access API hands it out. */
function handleOf(name: string, tree: Tree): FileSystemDirectoryHandle {
  const handle = {
    kind: 'directory',
    name,
    async *entries() {
      for (const [child, content] of Object.entries(tree)) {
        yield [
          child,
          typeof content === 'string'
            ? { kind: 'file', name: child, getFile: async () => new File([content], child) }
            : handleOf(child, content),
        ];
      }
    },
  };
  return handle as unknown as FileSystemDirectoryHandle;
}

/** The same as a drop hands it out, two entries at a time. */
function entryOf(name: string, content: Tree | string): FileSystemEntry {
  if (typeof content === 'string') {
    const file = (done: (file: File) => void) => done(new File([content], name));
    return { isDirectory: false, name, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(content).map(([child, inner]) => entryOf(child, inner));
    return { readEntries: (done: (entries: FileSystemEntry[]) => void) => done(left.splice(0, 2)) };
  };
  return { isDirectory: true, name, createReader } as unknown as FileSystemEntry;
}

const TREE = {
  'model_index.json': '{}',
  unet: { 'model.onnx': 'a', 'model.onnx_data': 'b', 'config.json': '{}' },
};
const PATHS = ['model_index.json', 'unet/config.json', 'unet/model.onnx', 'unet/model.onnx_data'];
const pathsOf = ({ files }: { files: readonly { path: string }[] }) => files.map(({ path }) => path).sort();

describe('an opened folder', () => {
  it('has the same paths however it was opened', async () => {
    const input = folderOfInput(PATHS.map((path) => picked(`sd/${path}`)));
    const handle = await folderOfHandle(handleOf('sd', TREE));
    const entry = await folderOfEntry(entryOf('sd', TREE) as FileSystemDirectoryEntry);
    for (const folder of [input, handle, entry]) {
      expect(folder.name).toBe('sd');
      expect(pathsOf(folder)).toEqual(PATHS);
    }
  });

  it('that is gone is told so', async () => {
    const gone = {
      ...handleOf('old', {}),
      // biome-ignore lint/correctness/useYield: what a deleted folder does
      async *entries() {
        throw new DOMException('', 'NotFoundError');
      },
    };
    await expect(folderOfHandle(gone as unknown as FileSystemDirectoryHandle)).rejects.toMatchObject({
      code: 'model-missing',
      message: expect.stringContaining('old'),
      nextStep: expect.stringContaining('Choose the folder again'),
    });
  });

  it('that is a whole disk is refused', () => {
    const many = Array.from({ length: 5001 }, (_, i) => picked(`home/${i}.txt`));
    expect(() => folderOfInput(many)).toThrow(expect.objectContaining({ code: 'model-unsupported' }));
  });
});
