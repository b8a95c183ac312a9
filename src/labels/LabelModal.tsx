import { Alert, Modal, Tabs } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { RunHeader } from '../studio/run/runStore';
import { useRun, useStudio } from '../studio/StudioContext';
import { AgreementView } from './AgreementView';
import { Labelling } from './Labelling';
import { BY_HAND, thingsOf } from './labels';

/** The pictures of the run on the board, labelled by people: what the reader is held against, and who appears where there is no reader. */
export default function LabelModal({
  opened,
  onClose,
}: {
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const header = useRun((state) => state.header);
  const phone = useMediaQuery('(max-width: 40em)');
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      size="min(980px, 95vw)"
      fullScreen={phone}
      padding={phone ? 'sm' : 'lg'}
      title="Label by hand"
      closeButtonProps={{ 'aria-label': 'Close the labels' }}
    >
      {header && <Content header={header} />}
    </Modal>
  );
}

function Content({ header }: { readonly header: RunHeader }) {
  const { labels: store } = useStudio();
  const lanes = useRun((state) => state.lanes);
  const problem = useStore(store, (state) => state.problem);
  const { id, request } = header;
  useEffect(() => void store.getState().open(id, request.prompt), [store, id, request]);
  const things = useMemo(() => thingsOf(header, lanes), [header, lanes]);
  const attributes = header.attributes.length > 0 ? header.attributes : BY_HAND;
  return (
    <div data-testid="labels" data-run={id}>
      {problem && (
        <Alert
          color="red"
          title={problem.message}
          mb="md"
          role="alert"
          withCloseButton
          closeButtonLabel="Close the message"
          onClose={() => store.getState().fail(null)}
          data-testid="labels-problem"
        >
          {problem.nextStep}
        </Alert>
      )}
      <Tabs defaultValue="label" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="label">Label</Tabs.Tab>
          <Tabs.Tab value="agreement" data-testid="labels-agreement-tab">
            What they say
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="label" pt="md">
          <Labelling header={header} things={things} attributes={attributes} />
        </Tabs.Panel>
        <Tabs.Panel value="agreement" pt="md">
          <AgreementView header={header} things={things} attributes={attributes} />
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
