import { TimeoutError } from './failure.ts';
import { longestTimer } from './stop.ts';

/** Ends a call by its time-out. What a timed-out call returns later is ignored. */
export function withTimeout<T>(returned: PromiseLike<T>, controller: AbortController, timeoutMs: number): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => {
        const error = new TimeoutError(timeoutMs);
        reject(error);
        controller.abort(error);
      },
      Math.min(timeoutMs, longestTimer),
    );
    returned.then(
      (value) => {
        clearTimeout(timer);
        resolve(value);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}

export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
