import { Drawer, Tabs, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ModelInfo } from '../../workers/protocol';
import { bytes } from '../ui/format';
import { ModelBias } from './ModelBias';
import classes from './ModelDrawer.module.css';
import { type Card, fetchJson, type ReaderFacts, readCard, readReader } from './modelFacts';
import { ReaderQuality } from './ReaderQuality';
import { MODEL_URL } from './start';

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
            How good is the reader?
          </Tabs.Tab>
          <Tabs.Tab value="bias" data-testid="bias-tab">
            Its bias
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="card" pt="md">
          <CardPanel card={card} model={model} />
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

function CardPanel({ card, model }: { readonly card: Card | null; readonly model: ModelInfo }) {
  const facts: [string, string][] = [
    ['Meant for', card?.intendedUse ?? ''],
    ['Not for', card?.notFor ?? ''],
    ['Picture', `${model.imageSize} × ${model.imageSize} pixels, latent ${model.latentDims.join(' × ')}`],
    ['Prompt', `at most ${model.maxTokens} tokens`],
    ['Prediction', model.predictionType],
    ['Licence', card?.licence ?? 'not stated'],
    ['Fingerprint', model.hash],
  ];
  return (
    <div className={classes.card}>
      {card?.summary && <Text className={classes.summary ?? ''}>{card.summary}</Text>}
      <dl className={classes.facts}>
        {facts
          .filter(([, value]) => value !== '')
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
      </dl>
      {card && card.limits.length > 0 && (
        <section>
          <h3>Limits</h3>
          <ul>
            {card.limits.map((limit) => (
              <li key={limit}>{limit}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h3>What was loaded</h3>
        <ul className={`${classes.files} tabular`}>
          {model.files.map((file) => (
            <li key={file.path}>
              <span>{file.path}</span>
              <span>{bytes(file.bytes)}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
