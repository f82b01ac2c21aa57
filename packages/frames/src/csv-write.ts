import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { base64, jsonText, numberText } from './cell-text.ts';
import { readyTable } from './ready-table.ts';

export interface CSVWriteOptions {
  /** Puts `'` before text that a spreadsheet would run as a formula: that which begins with = + - @, a tab or a return. Default false. */
  readonly formulaGuard?: boolean | undefined;
  /** What stands between cells. Default a comma. */
  readonly delimiter?: string | undefined;
}

/**
 * The table as CSV (RFC 4180, lines end by `\n`): the rows it shows, in its order.
 *
 * Null is an empty cell and the empty text is `""`. Numbers have the shortest digits that read back the same, times are
 * ISO 8601 with milliseconds and Z, lists and objects are JSON, bytes are base64.
 *
 * @throws AssayError `unsupported` when it is longer than a string can be (about 500 MB); write it to a file instead.
 */
export function toCSV(table: ColumnTable, options: CSVWriteOptions = {}): string {
  try {
    return [...csvParts(table, options)].join('');
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new AssayError('unsupported', 'The table is too long for one string of CSV: write it by writeTable', {
      cause,
    });
  }
}

const rowsPerPart = 4096;

/** The CSV in parts, so that a large table need not be one string. */
export function* csvParts(
  table: ColumnTable,
  { formulaGuard = false, delimiter = ',' }: CSVWriteOptions = {},
): Generator<string> {
  const { columns, rows, length } = readyTable(table);
  const cell = cellWriter(delimiter, formulaGuard);
  yield `${columns.map(({ name }) => cell(name)).join(delimiter)}\n`;
  for (let start = 0; start < length; start += rowsPerPart) {
    let part = '';
    for (let index = start; index < Math.min(start + rowsPerPart, length); index++) {
      const row = rows === null ? index : (rows[index] ?? -1);
      let separator = '';
      for (const { column } of columns) {
        part += separator + cell(column.at(row));
        separator = delimiter;
      }
      part += '\n';
    }
    yield part;
  }
}

function cellWriter(delimiter: string, formulaGuard: boolean): (value: unknown) => string {
  const quote = (text: string): string => {
    const guarded = formulaGuard && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    const isPlain =
      guarded !== '' && !guarded.includes('"') && !guarded.includes(delimiter) && !/[\n\r\ufeff]/.test(guarded);
    return isPlain ? guarded : `"${guarded.replaceAll('"', '""')}"`;
  };
  return (value) => {
    switch (typeof value) {
      case 'string':
        return quote(value);
      case 'number':
        return numberText(value);
      case 'boolean':
      case 'bigint':
        return String(value);
      default:
        return value === null || value === undefined ? '' : quote(objectText(value));
    }
  };
}

function objectText(value: unknown): string {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
  return value instanceof Uint8Array ? base64(value) : (jsonText(value) ?? '');
}
