import path from 'node:path';
import { expect, test } from 'vitest';
import { executeNotebook } from '../../../scripts/execute-notebook.ts';
import { kindsOf, readNotebook } from '../../../scripts/notebook-file.ts';
import { folder, names } from '../notebooks.ts';

const python = process.env['ASSAY_PYTHON'] ?? 'python3';

test.each(names)('%s runs from top to bottom in tslab, and shows what it ships with', async (name) => {
  const executed = await executeNotebook(name, path.dirname(python));

  expect(kindsOf(executed)).toEqual(kindsOf(readNotebook(path.join(folder, name))));
  expect(kindsOf(executed).flat()).not.toContain('stderr');
});
