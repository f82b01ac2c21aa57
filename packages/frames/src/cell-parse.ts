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

const instant =
  /^(?<date>\d{4}-\d{2}-\d{2})(?:[T ](?<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?<fraction>\d{1,9}))?)? ?(?<zone>Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/;

/** ISO 8601, also as pandas and polars write it; without a zone it is UTC. Digits beyond the millisecond are dropped. */
export function parseTime(text: string): Date | undefined {
  const milliseconds = parseMilliseconds(text);
  return milliseconds === undefined ? undefined : new Date(milliseconds);
}

/** The same, as milliseconds since 1970. */
export function parseMilliseconds(text: string): number | undefined {
  const plain = plainMilliseconds(text);
  if (plain !== undefined) return plain;
  const groups = instant.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { date, time = '00:00', fraction = '', zone = 'Z' } = groups;
  const offset =
    zone === 'UTC'
      ? 'Z'
      : zone.replace(/^([+-]\d{2}):?(\d{2})?$/, (_, hours: string, minutes?: string) => `${hours}:${minutes ?? '00'}`);
  const seconds = time.length === 5 ? `${time}:00` : time;
  const milliseconds = Date.parse(`${date}T${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

const punctuation = [
  [4, '-'],
  [7, '-'],
  [10, 'T'],
  [13, ':'],
  [16, ':'],
  [19, '.'],
  [23, 'Z'],
].map(([at, mark]) => [at as number, (mark as string).charCodeAt(0)] as const);

/** Of what `toISOString` writes from 1970 on, which is what our own files hold: the digits are read faster than by `Date`. */
function plainMilliseconds(text: string): number | undefined {
  if (text.length !== 24) return undefined;
  for (const [at, mark] of punctuation) if (text.charCodeAt(at) !== mark) return undefined;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const time = digits(text, 11, 13) * 3_600_000 + digits(text, 14, 16) * 60_000 + digits(text, 17, 19) * 1000;
  // The 29th and later are left to `Date`, which knows how long months are, and so is all that is not of digits.
  const isPlain = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && time < 86_400_000;
  if (!isPlain || text[11]! > '2' || text[14]! > '5' || text[17]! > '5') return undefined;
  const milliseconds = Date.UTC(year, month - 1, day) + time + digits(text, 20, 23);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

/** The digits as a number; NaN when one of them is none. */
function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}
