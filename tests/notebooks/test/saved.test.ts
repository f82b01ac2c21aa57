import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Cell, fingerprintOf, type Output, readNotebook, textOf } from '../../../scripts/notebook-file.ts';
import { folder, names, root } from '../notebooks.ts';

describe.each(names)('%s', (name) => {
  const notebook = readNotebook(path.join(folder, name));
  const code = notebook.cells.filter(({ cell_type }) => cell_type === 'code');
  const outputs = code.flatMap((cell) => cell.outputs ?? []);

  test('ships with what these very cells showed (else: npm run notebook:save)', () => {
    expect(notebook.metadata['assay']).toEqual({ saved_for: fingerprintOf(notebook) });
    expect(code.map(({ execution_count }) => execution_count)).toEqual(code.map((_, index) => index + 1));
  });

  test('ships without an error, a warning on stderr, and anything that says where it ran', () => {
    expect(outputs.filter(isTrouble)).toEqual([]);
    expect(JSON.stringify(outputs)).not.toMatch(new RegExp(`${root}|/tmp/|/home/|/root/|file://`));
  });

  test('tells a story: it begins with a title, and prose stands before its code', () => {
    expect(notebook.cells[0]).toSatisfy((cell: Cell) => textOf(cell.source).startsWith('# '));
    expect(notebook.cells.length - code.length).toBeGreaterThanOrEqual(code.length / 2);
  });
});

function isTrouble({ output_type, name }: Output): boolean {
  return output_type === 'error' || name === 'stderr';
}
