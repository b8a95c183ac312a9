import { Button, NativeSelect, Slider } from '@mantine/core';
import type { Lane } from '../../../workers/protocol';
import { useSettings, useStudio } from '../StudioContext';
import classes from './Deltas.module.css';
import { ImportDelta } from './ImportDelta';
import { useOfferedDeltas } from './useOfferedDeltas';

/** Which trained variant draws in a lane, and how much of it. */
export function DeltaField({ lane }: { readonly lane: Lane }) {
  const setLaneDelta = useSettings((state) => state.setLaneDelta);
  const { deltas } = useStudio();
  const offered = useOfferedDeltas() ?? [];
  const { delta } = lane;
  const missing = delta && !offered.some(({ id }) => id === delta.id);
  const choose = (id: string) =>
    setLaneDelta(lane.id, id === '' ? null : { id, strength: delta?.strength || 1 });
  return (
    <div className={classes.field}>
      <NativeSelect
        size="sm"
        label="Trained variant"
        description="The same model with a small file added to its weights. It goes together with the method."
        value={delta?.id ?? ''}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: '', label: 'None' },
          ...(missing ? [{ value: delta.id, label: `Not here (${delta.id})` }] : []),
          ...offered.map(({ id, name, problem }) => ({
            value: id,
            label: problem ? `${name} (does not fit)` : name,
          })),
        ]}
        data-testid="variant-select"
      />
      {delta && (
        <div>
          <span className={classes.label} id={`${lane.id}-strength`}>
            Strength <span className="tabular">{Number(delta.strength.toFixed(2))}</span>
          </span>
          <Slider
            size="sm"
            label={null}
            min={0}
            max={1}
            step={0.05}
            value={delta.strength}
            onChange={(strength) =>
              setLaneDelta(lane.id, { id: delta.id, strength: Number(strength.toFixed(2)) })
            }
            thumbLabel="Strength of the variant"
            aria-labelledby={`${lane.id}-strength`}
            data-testid="variant-strength"
          />
          <p className={classes.help}>0 is the model by itself, 1 the variant as it was trained.</p>
        </div>
      )}
      <div className={classes.actions}>
        {delta && !missing && (
          <Button size="compact-sm" variant="light" onClick={() => deltas.getState().show(delta.id)}>
            Its card
          </Button>
        )}
        <ImportDelta onImported={choose} />
      </div>
    </div>
  );
}
