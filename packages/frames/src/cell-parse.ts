import type { ColumnKind } from './columns.ts';

/** What a cell of that kind has to be, for messages. */
export const expectations: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  coded: 'text',
  float: 'a number',
  integer: 'a whole number of at most 32 bits',
  boolean: 'true or false',
  time: 'a time in ISO 8601',
};

/** The value of a cell as that kind; `undefined` when it is not one. */
export function parseCell(text: string, kind: ColumnKind): unknown {
  switch (kind) {
    case 'text':
    case 'coded':
      return text;
    case 'float':
      return parseNumber(text);
    case 'integer': {
      const value = parseNumber(text);
      // pandas writes whole numbers of a column with nulls as `10.0`.
      return value !== undefined && (value | 0) === value ? value : undefined;
    }
    case 'boolean':
      return parseBoolean(text);
    case 'time':
      return parseTime(text);
  }
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const infinity = /^(?<sign>[+-]?)inf(?:inity)?$/i;

/** A decimal number; `Number` itself also takes blanks, `0x10` and the empty text. */
function parseNumber(text: string): number | undefined {
  if (beginsAndEndsPlainly(text)) {
    const value = Number(text);
    if (!Number.isNaN(value)) return value;
  }
  if (decimal.test(text)) return Number(text);
  if (/^nan$/i.test(text)) return Number.NaN;
  const sign = infinity.exec(text)?.groups?.['sign'];
  return sign === undefined ? undefined : sign === '-' ? -Infinity : Infinity;
}

/** Whether the text is a decimal number if `Number` takes it: with 1 to 9 before and a digit behind it is no blank, no `0x10`. */
function beginsAndEndsPlainly(text: string): boolean {
  const first = text.charCodeAt(0);
  const last = text.charCodeAt(text.length - 1);
  return first >= 49 && first <= 57 && last >= 48 && last <= 57;
}

function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

const ours = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const instant =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?<fraction>\d{1,9}))?)? ?(?<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/** ISO 8601, also as pandas and polars write it; without a zone it is UTC. Digits beyond the millisecond are dropped. */
export function parseTime(text: string): Date | undefined {
  // What `toISOString` writes, which is what our own files hold.
  if (text.length === 24 && text.endsWith('Z') && ours.test(text)) return validDate(text);
  const groups = instant.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { date, time = '00:00', fraction = '', zone = 'Z' } = groups;
  const offset =
    zone === 'UTC'
      ? 'Z'
      : zone.replace(/^([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`);
  const seconds = time.length === 5 ? `${time}:00` : time;
  return validDate(`${date}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
}

function validDate(text: string): Date | undefined {
  const parsed = new Date(text);
  return Number.isNaN(parsed.getTime()) ? undefined : parsed;
}
