import { Drawer, Tabs } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ModelInfo } from '../../workers/protocol';
import { MODEL_URL } from '../app/start';
import { ModelBias } from './ModelBias';
import { ModelCard } from './ModelCard';
import { type Card, fetchJson, type ReaderFacts, readCard, readReader } from './modelFacts';
import { ReaderQuality } from './ReaderQuality';

/** What runs: the model card, and how far its reader can be trusted. */
export function ModelDrawer({
  model,
  opened,
  onClose,
}: {
  readonly model: ModelInfo;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const [card, setCard] = useState<Card | null>(null);
  const [reader, setReader] = useState<ReaderFacts | null>(null);
  useEffect(() => {
    if (!opened) return;
    void fetchJson(`${MODEL_URL}card.json`).then((json) => setCard(readCard(json)));
    void fetchJson(`${MODEL_URL}perception/reader.json`).then((json) => setReader(readReader(json)));
  }, [opened]);
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="xl"
      title={card?.title ?? model.title}
      closeButtonProps={{ 'aria-label': 'Close the model card' }}
    >
      <Tabs defaultValue="card">
        <Tabs.List>
          <Tabs.Tab value="card">Model card</Tabs.Tab>
          <Tabs.Tab value="reader" data-testid="reader-tab">
            Its reader
          </Tabs.Tab>
          <Tabs.Tab value="bias" data-testid="bias-tab">
            Its bias
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="card" pt="md">
          <ModelCard card={card} model={model} />
        </Tabs.Panel>
        <Tabs.Panel value="reader" pt="md">
          <ReaderQuality reader={reader} />
        </Tabs.Panel>
        <Tabs.Panel value="bias" pt="md">
          <ModelBias card={card} reader={reader} />
        </Tabs.Panel>
      </Tabs>
    </Drawer>
  );
}
