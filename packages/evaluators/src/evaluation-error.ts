import { AssayError } from '@assay/core';

/**
 * Says why an evaluator could not judge a run: an input of the wrong kind, an answer that cannot be read. It becomes the
 * error of that evaluation, and never a score.
 */
export class EvaluationError extends AssayError {
  override readonly name: string = 'EvaluationError';
  /** `false` when the same call would meet the same end. */
  readonly isRetryable: boolean;

  constructor(message: string, options: ErrorOptions & { readonly isRetryable?: boolean } = {}) {
    super('invalid-input', message, options);
    this.isRetryable = options.isRetryable ?? false;
  }
}
