import { SegmentedControl } from '@mantine/core';
import { useSettings } from '../StudioContext';
import { type ModelChoice, variantOf } from '../variants';
import classes from './Composer.module.css';

/** No variant has an empty id (workers/pipeline/manifest.ts). */
const FULL = '';

/** Which of the model's UNets draws. Nothing for a model that has only one. */
export function VariantChoice({ model }: { readonly model: ModelChoice }) {
  const variant = useSettings((state) => state.variant);
  const chooseVariant = useSettings((state) => state.chooseVariant);
  // A link or a past run may name a variant of another model: then this is where it can be taken back.
  const known = variantOf(model, variant) !== undefined;
  if (model.variants.length === 0 && variant === null) return null;
  const options = [
    { value: FULL, label: 'Full' },
    ...model.variants.map(({ id, title }) => ({ value: id, label: title })),
  ];
  if (variant !== null && !known) options.push({ value: variant, label: variant });
  return (
    <div className={classes.variant}>
      <span className={classes.label} id="variant-label">
        Model
      </span>
      <SegmentedControl
        data={options}
        value={variant ?? FULL}
        onChange={(value) => chooseVariant(value === FULL ? null : value, model)}
        aria-labelledby="variant-label"
        aria-describedby="variant-help"
        data-testid="variant-choice"
      />
    </div>
  );
}

/** What choosing fewer steps gains and loses, in one line. */
export function VariantHelp({ model }: { readonly model: ModelChoice }) {
  const few = model.variants.find(({ defaults }) => defaults.steps < model.defaults.steps);
  if (!few) return null;
  return (
    <p className={`${classes.help} ${classes.variantHelp}`} id="variant-help">
      {few.title}: {few.defaults.steps} steps in place of {model.defaults.steps}. Quicker; the model card says
      what it costs.
    </p>
  );
}
