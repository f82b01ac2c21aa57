import { z } from 'zod';

const pattern = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const zone = /(Z|[+-]\d{2}:?\d{2})$/;

/** A time on the wire, read as a Date. A time without an offset is UTC; digits below a millisecond are cut off. */
export const instant = z.string().transform((text, context): Date => {
  const date = pattern.test(text) ? new Date(zone.test(text) ? text : `${text}Z`) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime())) return date;
  context.addIssue({ code: 'custom', message: `expected an ISO 8601 time, got ${JSON.stringify(text)}` });
  return z.NEVER;
});

/** A time as every reader of the wire understands it: Python 3.10 cannot read a `Z`. A number is milliseconds since 1970. */
export function wireInstant(time: Date | number): string {
  const date = typeof time === 'number' ? new Date(time) : time;
  return `${date.toISOString().slice(0, -1)}+00:00`;
}
