import { Drawer, Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { MODEL_URL } from '../app/start';
import { useModel, useStudio } from '../studio/StudioContext';
import type { ModelTab } from './brought/broughtStore';
import { ModelsPanel } from './brought/ModelsPanel';
import { useBrought } from './brought/useBrought';
import { ModelBias } from './ModelBias';
import { ModelCard } from './ModelCard';
import { type Card, fetchJson, type ReaderFacts, readCard, readReader } from './modelFacts';
import { ReaderQuality } from './ReaderQuality';

/** What runs: the model card, how far its reader can be trusted, and which other models can be opened. */
export function ModelDrawer() {
  const store = useBrought();
  const tab = useStore(store, (state) => state.tab);
  const model = useModel();
  const { embedded } = useStudio();
  const { card, reader } = useFacts(tab !== null && embedded);
  // The reader and the bias are those of the model that ships with the page.
  const shown = model && (embedded || tab === 'card') ? tab : 'models';
  return (
    <Drawer
      opened={tab !== null}
      onClose={() => store.getState().showTab(null)}
      position="right"
      size="xl"
      title={card?.title ?? model?.title ?? 'Models'}
      closeButtonProps={{ 'aria-label': 'Close the model card' }}
    >
      <Tabs value={shown} onChange={(next) => store.getState().showTab(next as ModelTab | null)}>
        <Tabs.List>
          {model && <Tabs.Tab value="card">Model card</Tabs.Tab>}
          {model && embedded && (
            <>
              <Tabs.Tab value="reader" data-testid="reader-tab">
                Its reader
              </Tabs.Tab>
              <Tabs.Tab value="bias" data-testid="bias-tab">
                Its bias
              </Tabs.Tab>
            </>
          )}
          <Tabs.Tab value="models" data-testid="models-tab">
            Other models
          </Tabs.Tab>
        </Tabs.List>
        {model && (
          <Tabs.Panel value="card" pt="md">
            <ModelCard card={card} model={model} />
          </Tabs.Panel>
        )}
        <Tabs.Panel value="reader" pt="md">
          <ReaderQuality reader={reader} />
        </Tabs.Panel>
        <Tabs.Panel value="bias" pt="md">
          <ModelBias card={card} reader={reader} />
        </Tabs.Panel>
        <Tabs.Panel value="models" pt="md">
          <ModelsPanel />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}

/** What the embedded model says of itself; null for a brought one, which says nothing. */
function useFacts(wanted: boolean): { readonly card: Card | null; readonly reader: ReaderFacts | null } {
  const [card, setCard] = useState<Card | null>(null);
  const [reader, setReader] = useState<ReaderFacts | null>(null);
  useEffect(() => {
    if (!wanted) return;
    void fetchJson(`${MODEL_URL}card.json`).then((json) => setCard(readCard(json)));
    void fetchJson(`${MODEL_URL}perception/reader.json`).then((json) => setReader(readReader(json)));
  }, [wanted]);
  return wanted ? { card, reader } : { card: null, reader: null };
}
