import { Button, NativeSelect } from '@mantine/core';
import { useStore } from 'zustand';
import type { ParameterSpec } from '../../../workers/methods/method';
import { useModel, useStudio } from '../StudioContext';
import classes from './Projectors.module.css';

/** The control of a lane's projector: one of those that are kept, and the way to more. */
export function ProjectorField({
  parameter,
  laneId,
  value,
  onChange,
}: {
  readonly parameter: Extract<ParameterSpec, { type: 'projector' }>;
  readonly laneId: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { projectors } = useStudio();
  const model = useModel();
  const kept = useStore(projectors, (state) => state.kept) ?? [];
  const missing = value !== '' && !kept.some(({ id }) => id === value);
  return (
    <div className={classes.field}>
      <NativeSelect
        size="sm"
        label={parameter.title}
        description={parameter.help}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[
          { value: '', label: 'None' },
          ...(missing ? [{ value, label: `Not kept here (${value})` }] : []),
          ...kept.map(({ id, name, model: { hash } }) => ({
            value: id,
            label: model && hash !== model.hash ? `${name} (of another model)` : name,
          })),
        ]}
        data-testid="projector-select"
      />
      <Button
        size="compact-sm"
        variant="light"
        onClick={() => projectors.getState().open(laneId)}
        data-testid="projector-open"
      >
        Train, import or manage
      </Button>
    </div>
  );
}
