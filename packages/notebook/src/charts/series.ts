import { AssayError } from '@assay/core/errors';
import { type AnalysisSource, frameInfo, numbersOf, runsFrame } from '@assay/frames';
import type { ColumnTable } from 'arquero';
import { isFrame } from '../kinds.ts';

/** One experiment, a list, or a record whose keys are the names: each a `RanExperiment`, its records, or its runs frame. */
export type ChartSource = AnalysisSource | readonly AnalysisSource[] | Readonly<Record<string, AnalysisSource>>;

/** An experiment in a chart. */
export interface Series {
  readonly name: string;
  readonly source: AnalysisSource;
}

/** The experiments of a chart, by names of their own. @throws AssayError `invalid-input` for anything else. */
export function seriesOf(given: ChartSource): readonly Series[] {
  const named = namedSources(given);
  if (named.length === 0) throw new AssayError('invalid-input', 'Expected at least one experiment to draw, got none');
  const times = new Map<string, number>();
  return named.map(([name, source]) => {
    const time = (times.get(name) ?? 0) + 1;
    times.set(name, time);
    return { name: time === 1 ? name : `${name} (${time})`, source };
  });
}

function namedSources(given: ChartSource): readonly (readonly [name: string, source: AnalysisSource])[] {
  if (isSource(given)) return [[nameOf(given), given]];
  const entries: readonly (readonly [string | null, unknown])[] = Array.isArray(given)
    ? given.map((source: unknown) => [null, source] as const)
    : Object.entries(
        typeof given === 'object' && given !== null && !(given instanceof Promise) ? given : { it: given },
      );
  return entries.map(([name, source]) => {
    if (isSource(source)) return [name ?? nameOf(source), source];
    const got = source instanceof Promise ? 'a Promise: await it first' : typeof source;
    throw new AssayError('invalid-input', `Expected an experiment that was run or its runs frame, got ${got}`);
  });
}

function isSource(value: unknown): value is AnalysisSource {
  if (isFrame(value)) return true;
  return typeof value === 'object' && value !== null && 'taskRuns' in value && 'evaluationRuns' in value;
}

function nameOf(source: AnalysisSource): string {
  if ('columnNames' in source) return frameInfo(source)?.experimentName ?? 'experiment';
  return 'experiment' in source ? source.experiment.name : source.name;
}

/** The runs of a series as a frame. */
export function frameOf({ source }: Series): ColumnTable {
  return 'columnNames' in source ? source : runsFrame(source);
}

/** The numbers of an evaluator's score, or of a column, that are there. @throws AssayError `invalid-input`. */
export function valuesOf(table: ColumnTable, metric: string): Float64Array {
  const column = `eval.${metric}.score`;
  const names = table.columnNames();
  const values = numbersOf(table, names.includes(column) ? column : metric);
  return values.filter((value) => !Number.isNaN(value));
}

/** Colours that stay apart in light, in dark, and for the colour-blind; signs say the same. */
export function colourOf(index: number): string {
  return `var(--a-series-${(index % 5) + 1})`;
}

const signs = ['circle', 'square', 'triangle', 'diamond', 'wye'] as const;

export function signOf(index: number): (typeof signs)[number] {
  return signs[index % signs.length]!;
}

const glyphs = ['●', '■', '▲', '◆', 'Y'] as const;

/** The sign of a series as a letter. */
export function glyphOf(index: number): string {
  return glyphs[index % glyphs.length]!;
}

/** Room for the longest of the names at the side of a chart, in pixels. */
export function sideFor(names: readonly string[], most = 220): number {
  const longest = names.reduce((length, name) => Math.max(length, name.length), 0);
  return Math.min(most, 18 + longest * 6.6);
}

/** A name that fits at the side of a chart. */
export function shortName(name: string): string {
  return name.length > 30 ? `${name.slice(0, 29)}…` : name;
}
