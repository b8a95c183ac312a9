import { Button, Group, Text } from '@mantine/core';
import { useRef } from 'react';
import { plural } from '../../ui/format';
import type { SetName } from './sources';

type Files = Readonly<Record<SetName, readonly File[]>>;

/** One folder of pictures for each set. The pictures stay on this device. */
export function FolderInput({
  files,
  onChange,
}: {
  readonly files: Files;
  readonly onChange: (files: Files) => void;
}) {
  return (
    <>
      <Text size="sm" c="dimmed">
        Two folders of pictures, cut to their middle square. They are read on this device and sent nowhere.
      </Text>
      <FolderButton
        label="Fair pictures"
        files={files.fair}
        onChange={(fair) => onChange({ ...files, fair })}
      />
      <FolderButton
        label="Stereotypical pictures"
        files={files.stereotypical}
        onChange={(stereotypical) => onChange({ ...files, stereotypical })}
      />
    </>
  );
}

function FolderButton({
  label,
  files,
  onChange,
}: {
  readonly label: string;
  readonly files: readonly File[];
  readonly onChange: (files: readonly File[]) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <Group gap="sm">
      <input
        ref={input}
        type="file"
        hidden
        multiple
        // React knows no such attribute, every browser does: the user picks a folder instead of files.
        {...{ webkitdirectory: '' }}
        onChange={(event) => onChange([...(event.currentTarget.files ?? [])])}
        data-testid={`folder-${label.split(' ')[0]?.toLowerCase()}`}
      />
      <Button variant="default" size="sm" onClick={() => input.current?.click()}>
        {label}
      </Button>
      <Text size="sm" c="dimmed">
        {files.length === 0 ? 'No folder chosen' : plural(files.length, 'file')}
      </Text>
    </Group>
  );
}
