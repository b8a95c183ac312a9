import { Button, Drawer, FileButton, Text } from '@mantine/core';
import { useStore } from 'zustand';
import { reportOf } from '../../core/errors';
import { useModel, useStudio } from '../StudioContext';
import { KeptProjectors } from './KeptProjectors';
import { TrainingForm } from './TrainingForm';
import { TrainingView } from './TrainingView';
import { chooseProjector } from './train';

/** Trains projectors for RS-Corrector, and keeps them: opened from a lane that takes one. */
export function ProjectorDrawer() {
  const studio = useStudio();
  const { projectors, notices } = studio;
  const { openFor, training, lasting } = useStore(projectors);
  const model = useModel();
  const importFile = async (file: File | null) => {
    if (!file) return;
    try {
      const { id } = await projectors.getState().importFile(new Uint8Array(await file.arrayBuffer()));
      if (openFor !== null) chooseProjector(studio, openFor, id);
    } catch (error) {
      notices.getState().report(reportOf(error));
    }
  };
  return (
    <Drawer
      opened={openFor !== null}
      onClose={projectors.getState().close}
      position="right"
      title="Projectors"
      size="lg"
      // Above the settings of the lane that it was opened from.
      zIndex={400}
      closeButtonProps={{ 'aria-label': 'Close projectors' }}
    >
      <Text size="sm" c="dimmed" mb="md">
        A projector is a small network that learns from two sets of pictures what is stereotypical about a
        group, and what is fair. RS-Corrector moves a picture away from the one and towards the other while it
        is drawn.{' '}
        {lasting
          ? 'Projectors are kept in this browser only.'
          : 'This browser keeps nothing for this page, so they last until the tab closes: save the ones you need.'}
      </Text>
      {training ? <TrainingView training={training} /> : model && <TrainingForm model={model} />}
      <KeptProjectors />
      <FileButton onChange={(file) => void importFile(file)} accept=".safetensors">
        {(props) => (
          <Button {...props} variant="default" size="sm" mt="md" data-testid="projector-import">
            Import a projector
          </Button>
        )}
      </FileButton>
    </Drawer>
  );
}
