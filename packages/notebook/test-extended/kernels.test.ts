import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CellOutput, createProject } from './kernels.ts';

const project = createProject();
afterAll(() => project.remove());

const imports = `import { streamExperiment, streamResume, createMemoryStore } from '@assay/core';
import { classification, compare, runsFrame } from '@assay/frames';
import { charts, compareView, live, show } from '@assay/notebook';
const store = createMemoryStore();`;

const ran = `const dataset = [
  { id: 'peru', input: { country: 'Peru' }, expected: 'Lima' },
  { id: 'france', input: { country: 'France' }, expected: 'Paris' },
];
const ran = await live(streamExperiment({
  store: store,
  name: 'capitals',
  dataset: dataset,
  task: async ({ input }) => (input.country === 'Peru' ? 'Lima' : 'Lyon'),
  evaluators: { exact: ({ output, expected }) => output === expected },
}));`;

/** Last expressions, each in a cell of its own. */
const shown: readonly (readonly [expression: string, word: string])[] = [
  ['ran', 'capitals'],
  ['show(ran)', 'capitals'],
  ['show(ran.summary)', 'exact'],
  ['show(ran.examples)', 'Peru'],
  ['show(ran.taskRuns[1], { of: ran })', 'Lyon'],
  ['show(runsFrame(ran))', 'latency_ms'],
  ['show(compare(ran, ran))', 'too little data'],
  ["show(classification(runsFrame(ran), { label: 'output', expected: 'expected' }))", 'accuracy'],
  ['compareView(ran, ran)', 'exact'],
  ['charts.scores(ran)', 'exact'],
  ["charts.distribution(ran, 'exact')", 'exact'],
  ['charts.latency(ran)', 'p50'],
  ['charts.comparison(compare(ran, ran))', 'exact'],
  ["charts.confusion(classification(runsFrame(ran), { label: 'output', expected: 'expected' }))", 'Lima'],
];

/** Cells that do more than one thing. */
const others = {
  following: `await live(streamExperiment({ store: store, dataset: [{ input: 1 }], task: ({ input }) => input + 1 }))`,
  'followed and named': `const more = await live(streamExperiment({ store: store, dataset: [{ input: 1 }], task: ({ input }) => input + 1 }));
more`,
  logged: `const one = show([{ input: 'Peru' }]);
console.log(one);
one.display();
console.log('after');
const nothing = undefined;`,
} as const;

const logged = (ofCell: readonly CellOutput[]): string =>
  ofCell
    .filter(({ output_type: type }) => type === 'stream')
    .map(({ text }) => text)
    .join('');

const typesOf = ({ data = {} }: CellOutput): string[] => Object.keys(data).sort();

describe.each(['tslab', 'deno'] as const)('in the kernel of %s', (kernel) => {
  const outputs = new Map<string, readonly CellOutput[]>();
  beforeAll(async () => {
    const cells = [
      ['imports', imports],
      ['run', ran],
      ...shown.map(([cell]) => [cell, cell]),
      ...Object.entries(others),
    ];
    const executed = await project.execute(
      kernel,
      cells.map(([, source]) => source!),
      (cell, ofCell) =>
        cells[cell]![0] === 'logged' ? logged(ofCell).includes('after') : cell === 0 || ofCell.length > 0,
    );
    executed.forEach((ofCell, index) => outputs.set(cells[index]![0]!, ofCell));
  });

  test('an import shows nothing, and a run that was followed its summary', () => {
    expect(outputs.get('imports')).toEqual([]);
    expect(outputs.get('run')).toHaveLength(1);
    expect(outputs.get('run')![0]!.data?.['text/html']).toContain('✓ 2 ok');
  });

  test.each(shown)('%s shows itself once, as HTML and as text, and a chart as SVG too', (expression, word) => {
    const ofCell = outputs.get(expression)!;
    expect(ofCell).toHaveLength(1);
    expect(typesOf(ofCell[0]!)).toEqual(
      expression.startsWith('charts') ? ['image/svg+xml', 'text/html', 'text/plain'] : ['text/html', 'text/plain'],
    );
    const { data = {} } = ofCell[0]!;
    expect(data['text/html']).toContain('class="assay"');
    expect(`${data['text/html']} ${data['text/plain']}`).toContain(word);
  });

  test.each(['following', 'followed and named'] as const)(
    'a run leaves one output where it is the last expression: %s',
    (cell) => {
      expect(outputs.get(cell)).toHaveLength(1);
      expect(outputs.get(cell)![0]!.data?.['text/html']).toContain('✓ 1 ok');
    },
  );

  test('what is logged stays text, and a display may be shown from anywhere in a cell', () => {
    const ofCell = outputs.get('logged')!;
    const streams = logged(ofCell);
    expect(streams).toContain('1 example');
    expect(streams).toContain('after');
    expect(ofCell.filter(({ output_type: type }) => type === 'display_data')).toHaveLength(1);
  });

  test('an interrupt stops a run, keeps what was finished, and the next cell goes on from there', async () => {
    const told = (await project.python('interrupt.py', [kernel, project.folder])) as Interrupted;

    expect(told.last).toContain('It was stopped');
    expect(told.ok).toBeGreaterThan(0);
    expect(told.ok).toBeLessThan(60);
    expect(told.places).toBe(1);
    expect(told.resumed).toContain('✓ 60 ok');
  });
});

test('tslab completes and describes input, expected and output by their types', async () => {
  const told = await project.python('completion.py', [project.folder]);

  expect(told).toMatchObject({ input: ['country'], expected: ['capital'], output: ['answer', 'words'] });
  expect(told).toMatchObject({
    live: expect.stringContaining('Runs an experiment with a display that follows it'),
    hovered: expect.stringContaining('TaskRun<{ answer: string; words: number; }>'),
  });
});

test('two kernels write to one store at the same time, and each reads what the other wrote', async () => {
  const cells = [
    `import { streamExperiment } from '@assay/core';
import { openStore } from '@assay/store';
import { live, show } from '@assay/notebook';
const store = await openStore('file:./shared.db');
const examples = Array.from({ length: 60 }, (_, index) => ({ id: 'row-' + index, input: index }));`,
    `await live(streamExperiment({
  store: store,
  dataset: { name: 'numbers', examples: examples },
  task: async ({ input }) => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    return input;
  },
}))`,
    `show(await store.getDataset({ name: 'numbers' }))`,
    `await store.close();`,
  ];

  const isWhole = (cell: number, ofCell: readonly CellOutput[]): boolean =>
    cell === 1 ? ofCell.some(({ data }) => data?.['text/html']?.includes('✓ 60 ok')) : cell !== 2 || ofCell.length > 0;
  const notebooks = await Promise.all([project.execute('tslab', cells), project.execute('deno', cells, isWhole)]);

  for (const [, ran, dataset] of notebooks) {
    expect(ran![0]!.data?.['text/html']).toContain('✓ 60 ok');
    expect(dataset![0]!.data?.['text/html']).toContain('numbers');
  }
});

/** What `interrupt.py` tells. */
interface Interrupted {
  /** The HTML in the place of the display when the run had stopped. */
  readonly last: string;
  /** Runs that were finished then. */
  readonly ok: number;
  /** Displays that the cell made. */
  readonly places: number;
  /** The HTML after the next cell. */
  readonly resumed: string;
}
