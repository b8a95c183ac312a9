/**
 * The one family of errors that users see. Each says what happened, why, and what to do next;
 * the code is stable, for tests and for bug reports.
 */
export type ErrorCode =
  | 'prompt-empty'
  | 'request-invalid'
  | 'link-invalid'
  | 'link-newer'
  | 'model-missing'
  | 'model-corrupt'
  | 'model-unsupported'
  | 'model-too-large'
  | 'address-invalid'
  | 'network-lost'
  | 'method-unknown'
  | 'method-parameter'
  | 'webgpu-unavailable'
  | 'device-lost'
  | 'numerics-wrong'
  | 'engine-stalled'
  | 'storage-unavailable'
  | 'storage-full'
  | 'metadata-invalid'
  | 'pack-invalid'
  | 'cancelled'
  | 'internal';

export class EvenhandError extends Error {
  override readonly name = 'EvenhandError';

  constructor(
    readonly code: ErrorCode,
    /** What happened and why, one or two sentences. */
    message: string,
    /** What the user can do now, one sentence. */
    readonly nextStep: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** An error as it crosses the worker boundary (class identity does not survive structured cloning). */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly nextStep: string;
  readonly detail?: string;
}

export function reportOf(error: unknown): ErrorReport {
  if (error instanceof EvenhandError) {
    const { code, message, nextStep } = error;
    return error.cause === undefined
      ? { code, message, nextStep }
      : { code, message, nextStep, detail: String(error.cause) };
  }
  return {
    code: 'internal',
    message: 'Something inside Evenhand failed that it has no better name for.',
    nextStep:
      'Finished images are kept. Reload the page and try again; if it happens twice, report it with the detail.',
    detail: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
  };
}

export function errorFrom(report: ErrorReport): EvenhandError {
  return new EvenhandError(report.code, report.message, report.nextStep, { cause: report.detail });
}
