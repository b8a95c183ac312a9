import { ActionIcon, Group, Text, TextInput } from '@mantine/core';
import { useStore } from 'zustand';
import { reportOf } from '../../core/errors';
import { bytes, measure, when } from '../../ui/format';
import { Icon } from '../../ui/icons';
import { saveFile } from '../../ui/saveFile';
import { useModel, useStudio } from '../StudioContext';
import type { KeptProjector } from './keep';
import classes from './Projectors.module.css';

/** Every projector of this browser: what it was trained on, how well it tells the sets apart, rename, save, delete. */
export function KeptProjectors() {
  const { projectors } = useStudio();
  const kept = useStore(projectors, (state) => state.kept);
  if (!kept || kept.length === 0) return null;
  return (
    <ul className={classes.list} data-testid="projector-list">
      {kept.map((projector) => (
        <li key={projector.id} className={classes.item}>
          <KeptItem projector={projector} />
        </li>
      ))}
    </ul>
  );
}

function KeptItem({ projector }: { readonly projector: KeptProjector }) {
  const { projectors, notices } = useStudio();
  const current = useModel();
  const { id, name, source, createdAt, model, groups } = projector;
  const guarded = (work: Promise<unknown>) => {
    work.catch((error: unknown) => notices.getState().report(reportOf(error)));
  };
  const save = async () => {
    const file = await projectors.getState().exportFile(id);
    if (file) saveFile(`${name.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}.safetensors`, file);
  };
  const rename = (next: string) => {
    if (next !== '' && next !== name) guarded(projectors.getState().rename(id, next));
  };
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <TextInput
          className={classes.name ?? ''}
          size="sm"
          defaultValue={name}
          maxLength={100}
          onBlur={(event) => rename(event.currentTarget.value.trim())}
          aria-label={`Name of the projector ${name}`}
          data-testid="projector-name"
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Save ${name} as a file`}
          onClick={() => guarded(save())}
          data-testid="projector-export"
        >
          <Icon name="download" />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Delete ${name}`}
          onClick={() => guarded(projectors.getState().remove(id))}
          data-testid="projector-delete"
        >
          <Icon name="trash" />
        </ActionIcon>
      </Group>
      <Text size="xs" c="dimmed">
        {source}. Trained on {model.title}, {when(createdAt)}, {bytes(projector.bytes)}.
        {current && current.hash !== model.hash && ' It does not fit the model that is loaded now.'}
      </Text>
      <ul className={classes.groups}>
        {groups.map(({ id: group, title, separation }) => (
          <li key={group}>
            {title}:{' '}
            {separation
              ? `tells ${measure(separation.auc)} of unseen pairs apart (${measure(separation.low)} to ${measure(separation.high)}, ${separation.heldOut} pictures)${separation.low > 0.5 ? '' : ', no better than guessing, so it corrects nothing'}`
              : 'no stereotype, nothing to correct'}
          </li>
        ))}
      </ul>
    </>
  );
}
