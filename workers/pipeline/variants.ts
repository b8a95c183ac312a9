import { EvenhandError } from '../../src/core/errors';
import type { LoadProgress, RunDefaults, RunRequest, VariantInfo } from '../protocol';
import type { Denoiser } from './denoiser';
import type { Manifest } from './manifest';

type Report = (progress: LoadProgress) => void;

/** What the page may offer, each with the model's own defaults where the variant names none. */
export function variantsOf(manifest: Manifest, defaults: RunDefaults): readonly VariantInfo[] {
  return manifest.variants.map(({ id, title, defaults: own }) => ({
    id,
    title,
    defaults: withDefaults(own, defaults),
  }));
}

export function withDefaults(own: Manifest['defaults'], rest: RunDefaults): RunDefaults {
  return {
    steps: own.steps ?? rest.steps,
    guidanceScale: own.guidanceScale ?? rest.guidanceScale,
    scheduler: own.scheduler ?? rest.scheduler,
  };
}

/**
 * The denoiser of each variant: opened when it is first asked for, then kept open beside the full one (9 MB each).
 * @param full what draws when no variant is asked for. @param open fetches, checks and opens the graph of that path.
 * @returns see PipelineParts.denoiserOf.
 */
export function lazyDenoisers(
  manifest: Manifest,
  full: Denoiser,
  open: (path: string, report: Report) => Promise<Denoiser>,
): (variant: string | undefined, report: Report) => Promise<Denoiser> {
  const opened = new Map<string, Promise<Denoiser>>();
  return async (id, report) => {
    if (id === undefined) return full;
    const variant = manifest.variants.find((candidate) => candidate.id === id);
    if (!variant) throw unknownVariant(id, manifest);
    const opening = opened.get(id) ?? open(variant.unet, report);
    opened.set(id, opening);
    // A download that failed is no reason to fail the next run too.
    opening.catch(() => opened.delete(id));
    return opening;
  };
}

/** What is worth saying when guidance is asked of a variant that was trained to do without. */
export function guidanceNote(request: RunRequest, variants: readonly VariantInfo[]): string | undefined {
  const variant = variants.find(({ id }) => id === request.variant);
  if (!variant || variant.defaults.guidanceScale > 1 || request.guidanceScale <= 1) return undefined;
  return `"${variant.title}" has its guidance trained in. A guidance scale of ${request.guidanceScale} comes on top and overdoes it; 1 is what it was made for.`;
}

function unknownVariant(id: string, { variants }: Manifest): EvenhandError {
  const ids = variants.map((variant) => variant.id).join(', ');
  return new EvenhandError(
    'request-invalid',
    `The request cannot be run. At variant: this model has no "${id}"; it has ${ids === '' ? 'none' : ids}.`,
    `${ids === '' ? 'Leave it out' : `Use one of ${ids}, or leave it out`} for the full model.`,
  );
}
