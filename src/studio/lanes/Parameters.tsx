import { Button, Checkbox, NativeSelect, NumberInput, Slider } from '@mantine/core';
import type { MethodSpec, ParameterSpec } from '../../../workers/methods/method';
import type { Lane, ParameterValue } from '../../../workers/protocol';
import { AuditField } from '../audit/AuditField';
import { DeltaField } from '../deltas/DeltaField';
import { useOfferedDeltas } from '../deltas/useOfferedDeltas';
import { defaultParameters } from '../methods';
import { ProjectorField } from '../projectors/ProjectorField';
import { useSettings } from '../StudioContext';
import classes from './Parameters.module.css';

/** The controls of one method, built from its schema and from nothing else. */
export function Parameters({ lane, spec }: { readonly lane: Lane; readonly spec: MethodSpec }) {
  const changeLane = useSettings((state) => state.changeLane);
  const offered = useOfferedDeltas()?.length ?? 0;
  const set = (id: string, value: ParameterValue) =>
    changeLane(lane.id, { parameters: { ...lane.parameters, [id]: value } });
  return (
    <div className={classes.panel} data-testid="lane-parameters">
      {(offered > 0 || lane.delta) && <DeltaField lane={lane} />}
      {spec.audited && <AuditField laneId={lane.id} />}
      {spec.parameters.map((parameter) => (
        <Control
          key={parameter.id}
          laneId={lane.id}
          parameter={parameter}
          value={lane.parameters[parameter.id] ?? parameter.default}
          onChange={(value) => set(parameter.id, value)}
        />
      ))}
      {spec.parameters.length > 0 && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-xs"
          className={classes.reset ?? ''}
          onClick={() => changeLane(lane.id, { parameters: defaultParameters(spec) })}
        >
          Back to the defaults
        </Button>
      )}
    </div>
  );
}

function Control({
  laneId,
  parameter,
  value,
  onChange,
}: {
  readonly laneId: string;
  readonly parameter: ParameterSpec;
  readonly value: ParameterValue;
  readonly onChange: (value: ParameterValue) => void;
}) {
  switch (parameter.type) {
    case 'choice':
      return (
        <NativeSelect
          size="sm"
          label={parameter.title}
          description={parameter.help}
          data={parameter.options.map((option) => ({ value: option.value, label: option.title }))}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'boolean':
      return (
        <Checkbox
          size="sm"
          label={parameter.title}
          description={parameter.help}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number':
      return <NumberControl parameter={parameter} value={Number(value)} onChange={onChange} />;
    case 'projector':
      return (
        <ProjectorField parameter={parameter} laneId={laneId} value={String(value)} onChange={onChange} />
      );
  }
}

function NumberControl({
  parameter,
  value,
  onChange,
}: {
  readonly parameter: Extract<ParameterSpec, { type: 'number' }>;
  readonly value: number;
  readonly onChange: (value: number) => void;
}) {
  const { title, help, min, max, step, scale } = parameter;
  const log = scale === 'log' && min > 0;
  // A logarithmic slider runs over the exponent; the field beside it takes any number of the range.
  const toSlider = (x: number) => (log ? Math.log10(x) : x);
  const fromSlider = (x: number) => (log ? Number((10 ** x).toPrecision(2)) : x);
  const within = (x: number) => Math.min(max, Math.max(min, x));
  return (
    <div>
      <NumberInput
        size="sm"
        label={title}
        description={help}
        value={value}
        min={min}
        max={max}
        step={step}
        clampBehavior="blur"
        onChange={(next) => typeof next === 'number' && onChange(within(next))}
      />
      <Slider
        mt={8}
        size="sm"
        label={null}
        min={toSlider(min)}
        max={toSlider(max)}
        step={log ? 0.05 : step}
        value={toSlider(within(value))}
        onChange={(next) => onChange(within(fromSlider(next)))}
        thumbLabel={title}
      />
    </div>
  );
}
