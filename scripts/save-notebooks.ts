/**
 * Runs the notebooks from top to bottom and saves what they show: all of them, or the ones that are named.
 *
 *   npm run notebook:save
 *   npm run notebook:save -- 1-tutorial
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { executeNotebook, stable } from './execute-notebook.ts';
import { fingerprintOf, writeNotebook } from './notebook-file.ts';
import { preparePython } from './python-environment.ts';

const root = path.dirname(import.meta.dirname);
const folder = path.join(root, 'notebooks');
const wanted = process.argv.slice(2);
const programs = preparePython(
  path.join(root, '.venv-notebook'),
  path.join(folder, 'requirements.txt'),
  process.env['ASSAY_PYTHON'] || 'python3',
);

for (const name of readdirSync(folder).filter((file) => file.endsWith('.ipynb'))) {
  if (wanted.length > 0 && !wanted.some((start) => name.startsWith(start))) continue;
  console.log(name);
  const executed = stable(await executeNotebook(name, programs));
  writeNotebook(path.join(folder, name), {
    ...executed,
    metadata: { ...executed.metadata, assay: { saved_for: fingerprintOf(executed) } },
  });
}
