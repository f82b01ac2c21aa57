import { AssayError } from '@assay/core/errors';
import type { ColumnTable } from 'arquero';
import { evaluatorColumn } from './columns.ts';
import { frameInfo } from './frame-info.ts';
import {
  type EvaluatorColumns,
  evaluationStatus,
  type MetricSource,
  reportedEvaluators,
  type SlicedExample,
} from './metric-source.ts';
import { type Codes, codesOf, evaluatorNames, numbersOf } from './read-column.ts';

/**
 * Reads a runs frame by its columns; no row object is made. The planned number of examples is the experiment's; of a
 * frame that is filtered, or does not know its experiment, it is that of the examples in it.
 */
export function metricsOfFrame(table: ColumnTable): MetricSource {
  const info = frameInfo(table);
  const has = new Set(table.columnNames());
  const rows = table.numRows();
  const examples = codesOf(table, 'example_id');
  const { names, evaluator } = reportedEvaluators(evaluatorNames(table), (name) => readEvaluator(name));
  let isOk: Uint8Array | undefined;
  return {
    experimentId: onlyExperiment(table, has) ?? info?.experimentId ?? null,
    name: info?.experimentName ?? null,
    datasetId: info?.datasetId ?? null,
    datasetVersionId: info?.datasetVersionId ?? null,
    repetitions:
      info?.repetitions ??
      (has.has('repetition') ? numbersOf(table, 'repetition').reduce((most, value) => Math.max(most, value), 1) : 1),
    plannedExamples: (table.isFiltered() ? null : info?.exampleCount) ?? countUsed(examples),
    examples,
    get isOk(): Uint8Array {
      return (isOk ??= has.has('status') ? statusIs(codesOf(table, 'status'), 'ok') : new Uint8Array(rows).fill(1));
    },
    evaluatorNames: names,
    evaluator,
    runColumn: (name) => (has.has(name) ? numbersOf(table, name) : new Float64Array(0)),
    example: exampleReader(table, examples),
    listsExamples: false,
    evaluatorUsage: { promptTokens: null, completionTokens: null, costUsd: null },
  };

  function readEvaluator(name: string): EvaluatorColumns {
    const column = (part: 'status' | 'score' | 'label') => evaluatorColumn(name, part);
    const scores = has.has(column('score')) ? numbersOf(table, column('score')) : new Float64Array(rows).fill(NaN);
    const labels = has.has(column('label'))
      ? codesOf(table, column('label'))
      : { codes: new Int32Array(rows).fill(-1), dictionary: [] };
    return {
      direction: info?.directions[name] ?? 'maximize',
      status: has.has(column('status')) ? readStatus(codesOf(table, column('status'))) : guessedStatus(scores, labels),
      scores,
      labels,
    };
  }
}

function readStatus({ codes, dictionary }: Codes): Uint8Array {
  const known: Readonly<Record<string, number>> = evaluationStatus;
  const meaning = Uint8Array.from(dictionary, (word) => known[word] ?? evaluationStatus.missing);
  const status = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row += 1)
    status[row] = codes[row]! < 0 ? evaluationStatus.missing : meaning[codes[row]!]!;
  return status;
}

/** A foreign frame may have scores and no status: what is there counts as ok. */
function guessedStatus(scores: Float64Array, labels: Codes): Uint8Array {
  return Uint8Array.from(scores, (score, row) =>
    Number.isNaN(score) && labels.codes[row]! < 0 ? evaluationStatus.missing : evaluationStatus.ok,
  );
}

function statusIs({ codes, dictionary }: Codes, word: string): Uint8Array {
  const wanted = dictionary.indexOf(word);
  const is = new Uint8Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) is[row] = codes[row] === wanted ? 1 : 0;
  return is;
}

function countUsed({ codes, dictionary }: Codes): number {
  const used = new Uint8Array(dictionary.length);
  let count = 0;
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code < 0 || used[code] === 1) continue;
    used[code] = 1;
    count += 1;
  }
  return count;
}

function onlyExperiment(table: ColumnTable, has: ReadonlySet<string>): string | null {
  if (!has.has('experiment_id')) return null;
  const { codes, dictionary } = codesOf(table, 'experiment_id');
  let first: number | undefined;
  for (let row = 0; row < codes.length; row += 1) {
    const code = codes[row]!;
    if (code < 0 || code === first) continue;
    if (first !== undefined) {
      throw new AssayError(
        'invalid-config',
        `Expected a runs frame of one experiment, got rows of '${dictionary[first]!}' and '${dictionary[code]!}'`,
      );
    }
    first = code;
  }
  return first === undefined ? null : dictionary[first]!;
}

/** Reads the example behind a code from the first row that has it. */
function exampleReader(table: ColumnTable, examples: Codes): (code: number) => SlicedExample {
  let firstRow: Int32Array | null = null;
  const names = table.columnNames();
  const flattened = names.filter((name) => name.startsWith('metadata.'));
  const order = table.indices();
  return (code) => {
    firstRow ??= firstRows(examples);
    const row = order[firstRow[code]!]!;
    const read = (name: string) => (names.includes(name) ? fromText(table.column(name)?.at(row)) : null);
    const whole = read('metadata');
    const metadata =
      typeof whole === 'object' && whole !== null
        ? whole
        : Object.fromEntries(flattened.map((name) => [name.slice('metadata.'.length), read(name)]));
    return {
      id: examples.dictionary[code]!,
      input: read('input'),
      expected: read('expected'),
      metadata: { ...metadata },
      splits: [],
    };
  };
}

function firstRows({ codes, dictionary }: Codes): Int32Array {
  const first = new Int32Array(dictionary.length).fill(-1);
  for (let row = codes.length - 1; row >= 0; row -= 1) if (codes[row]! >= 0) first[codes[row]!] = row;
  return first;
}

/** A frame keeps a string as it is, and anything else as JSON text. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value ?? null;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
