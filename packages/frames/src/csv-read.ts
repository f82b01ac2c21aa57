import { AssayError, messageOf } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
// The build for Node needs `Buffer`; a browser gets the one that brings its own (package.json, "imports").
import { CsvError, type Options, parse } from '#csv-parse';
import { withType } from './arrow-type.ts';
import { expectations, parseCell } from './cell-parse.ts';
import type { FrameColumn } from './column/column.ts';
import { codedColumn, columnOfKind } from './column/from-values.ts';
import { TextColumn } from './column/text.ts';
import { type ColumnKind, kindByName, typeOfKind } from './columns.ts';
import { checkNames, frameTable } from './frame-table.ts';

export interface CSVReadOptions {
  /** What columns hold, by name, where the schema does not know it or is to be overruled. */
  readonly types?: Readonly<Record<string, ColumnKind>> | undefined;
  /** What stands between cells. Default a comma. */
  readonly delimiter?: string | undefined;
}

/**
 * A table from CSV with a header line (RFC 4180; a byte-order mark and blank lines are skipped).
 *
 * Types go by the names of the columns, never by what the cells look like: those of our frames have the types of our
 * frames, all others are text, so `007` stays `007`. An empty cell is null and `""` is the empty text.
 *
 * @throws AssayError `invalid-input` with the line and the column: a row of another length, a broken quote, a header
 * twice, a cell that is not what its column holds.
 */
export function fromCSV(text: string, options: CSVReadOptions = {}): ColumnTable {
  const { header, columns } = readColumns(text, options);
  checkNames(header, ' in line 1');
  return frameTable(header.map((name, index) => [name, readColumn(name, columns[index] ?? [], text, options)]));
}

type Cell = string | null;

/** Whether there may be an empty cell in quotes. Text in a quoted cell can look like one: then reading is only slower. */
function mayHaveQuotedEmpty(text: string, delimiter: string): boolean {
  const between = `[${delimiter === '\t' ? '\\t' : delimiter.replace(/[\]\\^-]/g, '\\$&')}\\r\\n]`;
  return new RegExp(`(?:^|${between})""(?=${between}|$)`).test(text);
}

interface CellColumns {
  readonly header: readonly string[];
  /** As many as the header has names, each with a cell for every row. */
  readonly columns: readonly (readonly Cell[])[];
}

function readColumns(text: string, options: CSVReadOptions): CellColumns {
  const hasQuotedEmpty = mayHaveQuotedEmpty(text, options.delimiter ?? ',');
  const records = parseRows(text, {
    ...parserOptions(text, options),
    // The hook is called for each cell and makes reading five times slower.
    ...(hasQuotedEmpty
      ? { cast: (value: string, { quoting }: { quoting: boolean }) => (value === '' && !quoting ? null : value) }
      : {}),
  });
  const [header] = records;
  if (header === undefined) throw new AssayError('invalid-input', 'Expected CSV with a header line, got no line');
  // Without the hook no null was told apart from the empty text, so there is only null.
  return {
    header: header.map((name) => name ?? ''),
    columns: transpose(records, header.length, hasQuotedEmpty ? null : ''),
  };
}

/** The cells of each column without those of the header; a cell that equals `nothing` becomes null. */
function transpose(records: readonly (readonly Cell[])[], width: number, nothing: Cell): Cell[][] {
  const columns = Array.from({ length: width }, () => new Array<Cell>(records.length - 1));
  // Row by row: column by column, each cell would wait for memory.
  for (let row = 1; row < records.length; row++) {
    const record = records[row] ?? [];
    for (let column = 0; column < width; column++) {
      const cell = record[column] ?? null;
      columns[column]![row - 1] = cell === nothing ? null : cell;
    }
  }
  return columns;
}

function parserOptions(text: string, { delimiter = ',' }: CSVReadOptions): Options {
  const firstLine = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  // With one column, a blank line is a row whose cell is null.
  const skipsBlank = firstLine.includes(delimiter);
  // Every byte outside of quotes is compared with each of them.
  const lineEnds = text.includes('\r') ? ['\r\n', '\n', '\r'] : '\n';
  return { bom: true, delimiter, skip_empty_lines: skipsBlank, record_delimiter: lineEnds };
}

function parseRows(text: string, options: Options): Cell[][] {
  try {
    return parse(text, options) as unknown as Cell[][];
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause['lines'] === 'number' ? ` in line ${cause['lines']}` : '';
    throw new AssayError('invalid-input', `Expected CSV: ${explain(cause)}${line}`, { cause });
  }
}

function explain(error: CsvError): string {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return 'a quote is never closed';
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return 'a quote stands inside of a cell';
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return `a row has ${Array.isArray(error['record']) ? error['record'].length : 'another number of'} cells and not as many as the header`;
    default:
      return messageOf(error);
  }
}

function readColumn(name: string, cells: readonly Cell[], text: string, options: CSVReadOptions): FrameColumn<unknown> {
  const kind = options.types?.[name] ?? kindByName(name) ?? 'text';
  if (kind === 'text') return withType(new TextColumn([{ texts: cells }]), typeOfKind(kind));
  if (kind === 'coded') return withType(codedColumn(cells), typeOfKind(kind));
  const values = cells.map((cell, row) => {
    if (cell === null) return null;
    const value = parseCell(cell, kind);
    if (value !== undefined) return value;
    const where = `line ${lineOf(row, text, options)}`;
    throw new AssayError(
      'invalid-input',
      `Expected column '${name}' to hold ${expectations[kind]}, got '${cell}' in ${where}`,
    );
  });
  return withType(columnOfKind(values, kind), typeOfKind(kind));
}

/** The line on which a row begins. Cells may hold line breaks, so the text is read once more, for the message only. */
function lineOf(row: number, text: string, options: CSVReadOptions): number {
  const records = parse(text, { ...parserOptions(text, options), info: true, to: row + 2 }) as unknown as {
    readonly record: readonly string[];
    readonly info: { readonly lines: number };
  }[];
  const last = records.at(-1);
  if (last === undefined) return row + 2;
  const breaks = last.record.reduce((sum, cell) => sum + (cell.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
  return last.info.lines - breaks;
}
