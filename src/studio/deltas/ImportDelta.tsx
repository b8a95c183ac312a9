import { Button, FileButton } from '@mantine/core';
import { useStudio } from '../StudioContext';
import { importDelta } from './importDelta';

/** Brings a LoRA or a learned token as a file. */
export function ImportDelta({ onImported }: { readonly onImported?: (id: string) => void }) {
  const studio = useStudio();
  const take = async (file: File | null) => {
    if (!file) return;
    const id = await importDelta(studio, file);
    if (id !== null) onImported?.(id);
  };
  return (
    <FileButton onChange={(file) => void take(file)} accept=".safetensors">
      {(props) => (
        <Button {...props} size="compact-sm" variant="default" data-testid="variant-import">
          Import a LoRA file
        </Button>
      )}
    </FileButton>
  );
}
