import type { ModelInfo, RunDefaults, VariantInfo } from '../../workers/protocol';

/** What a model offers to draw with. */
export type ModelChoice = Pick<ModelInfo, 'defaults' | 'variants'>;

export function variantOf(model: ModelChoice, id: string | null): VariantInfo | undefined {
  return model.variants.find((variant) => variant.id === id);
}

/** What the full model, or one of its variants, starts with. One that the model does not have starts like the full model. */
export function defaultsOf(model: ModelChoice, variant: string | null): RunDefaults {
  return variantOf(model, variant)?.defaults ?? model.defaults;
}

/** Why this variant cannot be drawn with, as a sentence; null when it can. */
export function variantIssue(model: ModelChoice, variant: string | null): string | null {
  if (variant === null || variantOf(model, variant)) return null;
  const others = model.variants.map(({ title }) => `“${title}”`).join(', ');
  return `This model has no variant “${variant}”; choose ${others === '' ? 'Full' : `Full or ${others}`}.`;
}

/** How a past run's variant is called: by the loaded model, else by its id. null for the full model. */
export function titleOfVariant(model: ModelChoice | null, id: string | undefined): string | null {
  if (id === undefined) return null;
  return (model && variantOf(model, id)?.title) ?? id;
}
