import type { EvaluatorColumns, MetricSource } from './metric-source.ts';

/** The rows of an experiment whose examples are in a slice, as if they were all of it. */
export function within(source: MetricSource, has: Uint8Array, size: number): MetricSource {
  const { codes, dictionary } = source.examples;
  const rows = Int32Array.from(codes.keys()).filter((row) => codes[row]! >= 0 && has[codes[row]!] === 1);
  const floats = (values: Float64Array) =>
    values.length === 0 ? values : Float64Array.from(rows, (row) => values[row]!);
  const bytes = (values: Uint8Array) => Uint8Array.from(rows, (row) => values[row]!);
  const take = (values: Int32Array) => Int32Array.from(rows, (row) => values[row]!);
  const cut = (columns: EvaluatorColumns): EvaluatorColumns => ({
    direction: columns.direction,
    status: bytes(columns.status),
    scores: floats(columns.scores),
    labels: { codes: take(columns.labels.codes), dictionary: columns.labels.dictionary },
  });
  return {
    ...source,
    plannedExamples: size,
    examples: { codes: take(codes), dictionary },
    isOk: bytes(source.isOk),
    evaluator: (name) => {
      const columns = source.evaluator(name);
      return columns === null ? null : cut(columns);
    },
    runColumn: (name) => floats(source.runColumn(name)),
    evaluatorUsage: { promptTokens: null, completionTokens: null, costUsd: null },
  };
}
