import { codesOf, evaluatorNames, runsFrame } from '@assay/frames';
import type { AnalysisSource } from '@assay/frames';
import type { ColumnTable } from 'arquero';
import { duration, score } from './figures.ts';

/** What one experiment made of one example. */
export interface Answer {
  readonly output: unknown;
  readonly error: string | null;
  readonly latency: string;
  /** What each evaluator said, in a word. */
  readonly verdicts: readonly (readonly [evaluator: string, said: string])[];
}

/** What an experiment holds on the examples to be shown. */
export interface Answers {
  readonly input: unknown;
  readonly expected: unknown;
  /** One for each repetition. */
  readonly answers: readonly Answer[];
}

/** The answers of an experiment to these examples, from its records or its frame. */
export function answersTo(exampleIds: readonly string[], source: AnalysisSource): ReadonlyMap<string, Answers> {
  const table = 'columnNames' in source ? source : runsFrame(source);
  const { codes, dictionary } = codesOf(table, 'example_id');
  const wanted = new Set(exampleIds);
  const read = rowReader(table);
  const found = new Map<string, { input: unknown; expected: unknown; answers: Answer[] }>();
  let index = 0;
  table.scan((row) => {
    const id = dictionary[codes[index++]!];
    if (id === undefined || !wanted.has(id)) return;
    const { input, expected, ...answer } = read(row!);
    const known = found.get(id);
    if (known === undefined) found.set(id, { input, expected, answers: [answer] });
    else known.answers.push(answer);
  }, true);
  return found;
}

function rowReader(
  table: ColumnTable,
): (row: number) => Answer & { readonly input: unknown; readonly expected: unknown } {
  const names = new Set(table.columnNames());
  const cell = (row: number, name: string): unknown => (names.has(name) ? (table.column(name)?.at(row) ?? null) : null);
  const evaluators = evaluatorNames(table);
  return (row) => ({
    input: fromText(cell(row, 'input')),
    expected: fromText(cell(row, 'expected')),
    output: fromText(cell(row, 'output')),
    error: cell(row, 'error') as string | null,
    latency: duration(cell(row, 'latency_ms') as number | null),
    verdicts: evaluators.flatMap((name): [string, string][] => {
      const value = cell(row, `eval.${name}.score`) as number | null;
      const label = cell(row, `eval.${name}.label`) as string | null;
      return value === null && label === null ? [] : [[name, label ?? score(value)]];
    }),
  });
}

/** Frames hold what is no text as JSON. */
function fromText(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}
