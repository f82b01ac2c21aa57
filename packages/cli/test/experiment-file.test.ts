import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '@assay/store';
import { expect, test } from 'vitest';
import { collect } from '../src/collect.ts';
import { createWorkspace, doubling } from './fixtures/workspace.ts';

const broken: readonly [what: string, files: Readonly<Record<string, string>>, message: RegExp][] = [
  ['a file that is not there', {}, /experiment\.ts to be an experiment file, got no file/],
  [
    'an enum',
    { 'experiment.ts': 'const one = 1;\nenum Color { Red }\nexport default { one, Color };' },
    /experiment\.ts:2: TypeScript enum is not supported.*const object/,
  ],
  [
    'a parameter property',
    { 'experiment.ts': '\n\nclass A { constructor(private x: number) {} }\nexport default new A(1);' },
    /experiment\.ts:3: .*parameter property.*Write the field/,
  ],
  [
    'a decorator',
    { 'experiment.ts': 'const log = () => {};\nclass A {\n  @log\n  run(): void {}\n}\nexport default A;' },
    /experiment\.ts:3: decorators are not supported/,
  ],
  [
    'a decorator of a class',
    { 'experiment.ts': 'const log = (a: unknown) => a;\n@log class A {}\nexport default A;' },
    /experiment\.ts:2: decorators are not supported/,
  ],
  [
    'an import without its extension',
    {
      'experiment.ts': "// first\nimport { task } from './task';\nexport default task;",
      'task.ts': 'export const task = 1;',
    },
    /experiment\.ts:2: imports need the file's extension. Write '\.\/task\.ts'/,
  ],
  [
    'an import of a folder',
    {
      'experiment.ts': "import { task } from './tasks';\nexport default task;",
      'tasks/index.ts': 'export const task = 1;',
    },
    /experiment\.ts:1: .*Write '\.\/tasks\/index\.ts'/,
  ],
  [
    'an import of a file that is not there',
    { 'experiment.ts': "\nimport './gone.ts';\nexport default 1;" },
    /experiment\.ts:2: there is no file .*gone\.ts/,
  ],
  [
    'an import that is not installed',
    { 'experiment.ts': "import a from 'some-library/part';\nexport default a;" },
    /experiment\.ts:1: the package some-library is not installed/,
  ],
  [
    'a type imported as a value',
    { 'experiment.ts': "import { T } from './t.ts';\nexport default 1 as T;", 't.ts': 'export type T = number;' },
    /experiment\.ts:1: .*import type/,
  ],
  [
    'a TypeScript syntax error',
    { 'experiment.ts': 'const a = 1;\nconst b: number = {;\nexport default a;' },
    /experiment\.ts:2: /,
  ],
  [
    'a JavaScript syntax error',
    { 'experiment.mjs': 'const a = 1;\n\nconst b = {;\nexport default a;' },
    /experiment\.mjs:3: Unexpected token/,
  ],
  [
    'a syntax error in an imported file',
    { 'experiment.ts': "import './inner.js';\nexport default 1;", 'inner.js': 'let a;\nlet a;' },
    /inner\.js:2: .*already been declared/,
  ],
  [
    'an enum in an imported file',
    { 'experiment.ts': "import './inner.ts';\nexport default 1;", 'inner.ts': 'enum A { B }\nexport { A };' },
    /inner\.ts:1: TypeScript enum/,
  ],
  [
    'an error while it loads',
    {
      'experiment.ts':
        'const a = 1;\nfunction fail(): never {\n  throw new TypeError("no key");\n}\nfail();\nexport default a;',
    },
    /experiment\.ts:3: TypeError: no key/,
  ],
  [
    'no default export',
    { 'experiment.ts': 'export const experiment = {};' },
    /to export defineExperiment\(.*by default, got only experiment/,
  ],
  ['no export', { 'experiment.ts': 'const experiment = {};' }, /got no export/],
  ['a function as default export', { 'experiment.ts': 'export default () => {};' }, /got a function/],
  [
    'a promise as default export',
    { 'experiment.ts': 'export default Promise.resolve({});' },
    /got a promise: await it/,
  ],
  [
    'an object without a task',
    { 'experiment.ts': 'export default { dataset: [] };' },
    /defineExperiment\(\{ dataset, task, … \}\), got an object with dataset/,
  ],
  ['a file of another kind', { 'experiment.tsx': 'export default 1;' }, /that Node can run .*got experiment\.tsx/],
  [
    'a task that is no function',
    { 'experiment.ts': 'export default { dataset: [{ input: 1 }], task: 5 };' },
    /task to be a function, got number/,
  ],
  ['an empty dataset', { 'experiment.ts': 'export default { dataset: [], task: () => 1 };' }, /dataset with examples/],
];

test.each(broken)('says of %s what is wrong and where, exits with 1, and saves nothing', async (_, files, message) => {
  const { folder, assay, write } = createWorkspace();
  for (const [name, text] of Object.entries(files)) write(name, text);
  const entry = Object.keys(files).find((name) => name.startsWith('experiment')) ?? 'experiment.ts';
  const { code, stdout, stderr } = await assay('run', entry);
  expect(stderr).toMatch(message);
  expect(stderr.split('\n').length).toBeLessThan(4);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(await experimentsIn(folder)).toEqual([]);
});

test.each(['.mts', '.js', '.mjs'])('runs a %s file', async (extension) => {
  const { assay, write } = createWorkspace();
  expect(await assay('run', write(`doubling${extension}`, doubling()))).toMatchObject({ code: 0 });
});

async function experimentsIn(folder: string): Promise<readonly string[]> {
  const path = join(folder, '.assay/assay.db');
  if (!existsSync(path)) return [];
  await using store = await openStore(`file:${path}`);
  return (await collect(store.listExperiments())).map(({ id }) => id);
}
