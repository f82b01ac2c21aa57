import { AssayError, messageOf } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
// The build for Node needs `Buffer`; a browser gets the one that brings its own (package.json, "imports").
import { CsvError, type Options, parse } from '#csv-parse';
import { withType } from './arrow-type.ts';
import { expectations } from './cell-parse.ts';
import { type CellColumn, cellColumn } from './csv-column.ts';
import { type ColumnKind, kindByName, typeOfKind } from './columns.ts';
import { checkNames, frameTable } from './frame-table.ts';
import { checkText } from './given.ts';

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
 * twice, a cell that is not what its column holds; and what is no text.
 */
export function fromCSV(text: string, options: CSVReadOptions = {}): ColumnTable {
  checkText('CSV', text);
  const cells = new CellReader(text, options);
  const parser: Options = {
    ...parserOptions(text, options),
    // The hook is called for each cell and makes reading five times slower.
    ...(cells.hasQuotedEmpty
      ? { cast: (value: string, { quoting }: { quoting: boolean }) => (value === '' && !quoting ? null : value) }
      : {}),
    on_record: (record: readonly Cell[]) => cells.take(record),
  };
  parseRows(text, parser, (error) => placeOf(error, cells, text, options));
  return cells.table();
}

type Cell = string | null;

/** Takes rows as they are parsed, the header first: what is kept is columns, and no row lives longer than its turn. */
class CellReader {
  readonly hasQuotedEmpty: boolean;
  readonly #text: string;
  readonly #options: CSVReadOptions;
  readonly #columns: { readonly name: string; readonly kind: ColumnKind; readonly cells: CellColumn }[] = [];
  #rows = -1;

  constructor(text: string, options: CSVReadOptions) {
    this.#text = text;
    this.#options = options;
    this.hasQuotedEmpty = mayHaveQuotedEmpty(text, options.delimiter ?? ',');
  }

  /** @returns `null`, which tells the parser to keep nothing. */
  take(record: readonly Cell[]): null {
    if (++this.#rows === 0) this.#begin(record);
    else this.#fill(record);
    return null;
  }

  table(): ColumnTable {
    if (this.#rows < 0) throw new AssayError('invalid-input', 'Expected CSV with a header line, got no line');
    return frameTable(this.#columns.map(({ name, kind, cells }) => [name, withType(cells.column(), typeOfKind(kind))]));
  }

  /** The name of a column; `undefined` in the header itself. */
  nameAt(index: number): string | undefined {
    return this.#columns[index]?.name;
  }

  #begin(header: readonly Cell[]): void {
    const names = header.map((name) => name ?? '');
    if (names.length === 1 && names[0] === '')
      throw new AssayError('invalid-input', 'Expected CSV with a header line, got a blank line');
    checkNames(names, ' in line 1');
    for (const name of names) {
      const kind = this.#options.types?.[name] ?? kindByName(name) ?? 'text';
      this.#columns.push({ name, kind, cells: cellColumn(kind) });
    }
  }

  #fill(record: readonly Cell[]): void {
    for (let index = 0; index < this.#columns.length; index++) {
      const { name, kind, cells } = this.#columns[index]!;
      const cell = record[index] ?? null;
      // Without the hook no null was told apart from the empty text, so there is only null.
      if (cells.push(cell === '' && !this.hasQuotedEmpty ? null : cell)) continue;
      const where = `line ${lineOf(this.#rows - 1, this.#text, this.#options)}`;
      throw new AssayError(
        'invalid-input',
        `Expected column '${name}' to hold ${expectations[kind]}, got '${cell}' in ${where}`,
      );
    }
  }
}

/** Whether there may be an empty cell in quotes. Text in a quoted cell can look like one: then reading is only slower. */
function mayHaveQuotedEmpty(text: string, delimiter: string): boolean {
  const ends = ['\n', '\r', delimiter[0]];
  const isEnd = (at: number): boolean => at >= text.length || ends.includes(text[at]);
  if (text.startsWith('""') && isEnd(2)) return true;
  // By `indexOf`: an expression is looked for letter by letter, and one in three of them is a quote where cells hold JSON.
  return [delimiter, '\n', '\r'].some((before) => {
    const wanted = `${before}""`;
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
      if (isEnd(at + wanted.length)) return true;
    }
    return false;
  });
}

function parserOptions(text: string, { delimiter = ',' }: CSVReadOptions): Options {
  const firstLine = text.slice(0, Math.max(0, text.search(/[\r\n]|$/)));
  // With one column, a blank line is a row whose cell is null.
  const skipsBlank = firstLine.includes(delimiter);
  // Every byte outside of quotes is compared with each of them.
  const lineEnds = text.includes('\r') ? ['\r\n', '\n', '\r'] : '\n';
  return { bom: true, delimiter, skip_empty_lines: skipsBlank, record_delimiter: lineEnds };
}

function parseRows(text: string, options: Options, placeOf: (error: CsvError) => string): void {
  try {
    parse(text, options);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new AssayError('invalid-input', `Expected CSV: ${explain(cause)}${placeOf(cause)}`, { cause });
  }
}

/** The line of what is no CSV, and the column of a quote. */
function placeOf(error: CsvError, cells: CellReader, text: string, options: CSVReadOptions): string {
  const { code, lines, column, records } = error;
  if (typeof lines !== 'number') return '';
  // The parser sees at the end of the text that a quote is open, maybe a million lines after it.
  const isOpen = code === 'CSV_QUOTE_NOT_CLOSED' && typeof records === 'number';
  const line = isOpen ? lineAfter(records, text, options) : lines;
  const name = typeof column === 'number' ? cells.nameAt(column) : undefined;
  const isAboutRow = code === 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH' || name === undefined;
  return ` in line ${line}${isAboutRow ? '' : `, column '${name}'`}`;
}

/** The line on which the row after so many rows begins. */
function lineAfter(records: number, text: string, options: CSVReadOptions): number {
  const parsed = records === 0 ? [] : parse(text, { ...parserOptions(text, options), info: true, to: records });
  const last = parsed.at(-1) as { readonly info: { readonly lines: number } } | undefined;
  let line = last?.info.lines ?? 0;
  const lines = text.split(/\r\n|\n|\r/);
  while (lines[line] === '') line++;
  return line + 1;
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
