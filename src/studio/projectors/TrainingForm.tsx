import { Button, NativeSelect, NumberInput, SegmentedControl, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { LEAST_PICTURES } from '../../../workers/projector/limits';
import type { WorldStereotype } from '../../../workers/projector/worldSets';
import type { ModelInfo } from '../../../workers/protocol';
import { plural } from '../../ui/format';
import { useRun, useStudio } from '../StudioContext';
import { FolderInput } from './FolderInput';
import { MarkPictures } from './MarkPictures';
import classes from './Projectors.module.css';
import { countMembers, folderSource, markedSource, type SetSource, worldSource } from './sources';
import { trainFrom } from './train';

type SourceId = 'world' | 'marked' | 'folder';

const NO_FILES: Readonly<Record<'fair' | 'stereotypical', readonly File[]>> = { fair: [], stereotypical: [] };
const SEED = 1;

/** Where the two sets come from, and the start of a training. */
export function TrainingForm({ model }: { readonly model: ModelInfo }) {
  const studio = useStudio();
  const busy = useRun(({ status }) => status === 'running');
  const marks = useStore(studio.marks, (state) => state.marks);
  const [sourceId, setSourceId] = useState<SourceId>('world');
  const [name, setName] = useState('');
  const [count, setCount] = useState(100);
  const [stereotype, setStereotype] = useState<WorldStereotype>('excess');
  const [by, setBy] = useState('');
  const [files, setFiles] = useState(NO_FILES);
  const { imageSize, attributes } = model;

  const source = (): SetSource => {
    switch (sourceId) {
      case 'world':
        return worldSource(count, SEED, stereotype, imageSize, attributes);
      case 'marked':
        return markedSource(
          [...marks.values()],
          attributes.find(({ id }) => id === by),
        );
      case 'folder':
        return folderSource(files, imageSize);
    }
  };
  const ready = sourceId === 'world' || isEnough(source());
  const suggested = { world: 'Drawn world', marked: 'Marked pictures', folder: 'Folders' }[sourceId];
  return (
    <section className={classes.panel} aria-label="Train a projector" data-testid="projector-form">
      <SegmentedControl
        fullWidth
        value={sourceId}
        onChange={(value) => setSourceId(value as SourceId)}
        data={[
          { value: 'world', label: 'Drawn world' },
          { value: 'marked', label: 'Generated' },
          { value: 'folder', label: 'Folders' },
        ]}
        aria-label="Where the pictures come from"
      />
      {sourceId === 'world' && (
        <>
          <Text size="sm" c="dimmed">
            Exact sets, drawn anew. Fair: age and expression are the same in every skin tone group.
            Stereotypical: as the world's bias has them. Everything else is alike in both.
          </Text>
          <NumberInput
            label="Pictures of each set"
            description={`Six sets. ${LEAST_PICTURES} or more; with 100 it takes about a minute.`}
            value={count}
            min={LEAST_PICTURES}
            max={500}
            step={20}
            clampBehavior="blur"
            onChange={(value) => typeof value === 'number' && setCount(Math.round(value))}
            data-testid="projector-count"
          />
          <NativeSelect
            label="Stereotypical are"
            description="What the bias adds stands out more; everybody as the bias draws them is what a biased model shows, and most of it looks fair."
            value={stereotype}
            onChange={(event) => setStereotype(event.currentTarget.value === 'biased' ? 'biased' : 'excess')}
            data={[
              { value: 'excess', label: 'Those whom the bias adds' },
              { value: 'biased', label: 'Everybody, as the bias draws them' },
            ]}
          />
        </>
      )}
      {sourceId === 'marked' && <MarkPictures />}
      {sourceId === 'folder' && <FolderInput files={files} onChange={setFiles} />}
      {sourceId === 'marked' && attributes.length > 0 && (
        <NativeSelect
          label="Groups"
          description="Pictures of different groups are never set against each other. Only pictures of one person who is read clearly can be grouped."
          value={by}
          onChange={(event) => setBy(event.currentTarget.value)}
          data={[
            { value: '', label: 'One group: everyone' },
            ...attributes.map(({ id, title }) => ({ value: id, label: `${title}, as read` })),
          ]}
        />
      )}
      {sourceId !== 'world' && <SetCounts source={source()} />}
      <TextInput
        label="Name"
        placeholder={suggested}
        value={name}
        maxLength={100}
        onChange={(event) => setName(event.currentTarget.value)}
        data-testid="projector-new-name"
      />
      <Button
        disabled={!ready || busy}
        onClick={() => void trainFrom(studio, name.trim() || suggested, source())}
        data-testid="projector-train"
      >
        {busy ? 'Wait until the run has ended' : 'Train'}
      </Button>
    </section>
  );
}

const isEnough = ({ members }: SetSource): boolean =>
  countMembers(members).some(
    ({ fair, stereotypical }) => fair >= LEAST_PICTURES && stereotypical >= LEAST_PICTURES,
  );

function SetCounts({ source }: { readonly source: SetSource }) {
  const groups = countMembers(source.members);
  return (
    <Text size="sm" c="dimmed" data-testid="projector-counts">
      {groups.map(
        ({ title, fair, stereotypical }) =>
          `${title}: ${plural(fair, 'fair picture')}, ${stereotypical} stereotypical. `,
      )}
      Each set needs {LEAST_PICTURES} or more.
    </Text>
  );
}
