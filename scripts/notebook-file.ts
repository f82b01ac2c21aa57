import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

/** A notebook as it lies on the disk, format 4.5. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

export interface Cell {
  readonly cell_type: 'code' | 'markdown';
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly source: Text;
  readonly execution_count?: number | null;
  readonly outputs?: readonly Output[];
}

export interface Output {
  readonly output_type: 'stream' | 'display_data' | 'execute_result' | 'error';
  /** Of a stream: `stdout` or `stderr`. */
  readonly name?: string;
  readonly text?: Text;
  /** Of what is displayed: its forms by MIME type. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** Whole, or line by line. */
export type Text = string | readonly string[];

export function readNotebook(file: string): Notebook {
  return JSON.parse(readFileSync(file, 'utf8')) as Notebook;
}

/** Writes it as Jupyter does, so that saving it there changes no line that did not change. */
export function writeNotebook(file: string, notebook: Notebook): void {
  writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
}

export function textOf(text: Text = ''): string {
  return typeof text === 'string' ? text : text.join('');
}

/**
 * What each code cell shows, by kind: the names of streams and the MIME types of displays, in order. Two runs of one notebook
 * agree in this, whatever their times are.
 */
export function kindsOf({ cells }: Notebook): string[][] {
  return codeCells(cells).map(({ outputs = [] }) =>
    outputs
      .map(({ output_type, name, data = {} }) => name ?? (Object.keys(data).toSorted().join(' + ') || output_type))
      // A stream arrives in as many pieces as the kernel likes.
      .filter((kind, index, kinds) => kind !== kinds[index - 1] || kind.includes('/')),
  );
}

/** Known by its code: what was saved for other code is stale. */
export function fingerprintOf({ cells }: Notebook): string {
  const sources = codeCells(cells).map(({ source }) => textOf(source));
  return createHash('sha256').update(JSON.stringify(sources)).digest('hex').slice(0, 16);
}

function codeCells(cells: readonly Cell[]): Cell[] {
  return cells.filter(({ cell_type }) => cell_type === 'code');
}
