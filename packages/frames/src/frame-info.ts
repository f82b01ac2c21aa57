import type { Direction, Experiment } from '@assay/core';
import type { ColumnTable } from 'arquero';
import { needTable } from './given.ts';

/** What a frame knows of its experiment beyond its rows. */
export interface FrameInfo {
  readonly experimentId: string | null;
  readonly experimentName: string | null;
  readonly datasetId: string | null;
  readonly datasetVersionId: string | null;
  /** How often each example was to be run; `null` when not known. */
  readonly repetitions: number | null;
  /** How many examples the experiment has, run or not; `null` when not known. */
  readonly exampleCount: number | null;
  /** By evaluator; one that is not here counts as `maximize`. */
  readonly directions: Readonly<Record<string, Direction>>;
}

const infoByColumn = new WeakMap<object, FrameInfo>();

/** The key of the schema metadata under which it is written to Arrow and Parquet. */
export const frameInfoKey = 'assay';

/**
 * What is known of the experiment a frame came from; `null` when nothing is.
 *
 * It goes with the columns: it outlives select, filter, orderby, derive and rename, and is lost by slice, join and
 * concat, which make new columns. Arrow and Parquet files keep it.
 */
export function frameInfo(table: ColumnTable): FrameInfo | null {
  for (const name of needTable(table).columnNames()) {
    const column = table.column(name);
    const info = column === undefined ? undefined : infoByColumn.get(column);
    if (info !== undefined) return info;
  }
  return null;
}

/** Keeps the information with every column of the table. */
export function withFrameInfo(table: ColumnTable, info: FrameInfo | null): ColumnTable {
  if (info !== null) {
    for (const name of table.columnNames()) {
      const column = table.column(name);
      if (column !== undefined) infoByColumn.set(column, info);
    }
  }
  return table;
}

/** The information on an experiment. */
export function infoOf(experiment: Experiment | null, directions: Readonly<Record<string, Direction>>): FrameInfo {
  return {
    experimentId: experiment?.id ?? null,
    experimentName: experiment?.name ?? null,
    datasetId: experiment?.datasetId ?? null,
    datasetVersionId: experiment?.datasetVersionId ?? null,
    repetitions: experiment?.repetitions ?? null,
    exampleCount: experiment?.exampleCount ?? null,
    directions,
  };
}

/** Reads what `frameInfo` wrote into a file; `null` when it is not ours, since a foreign key of that name is no error. */
export function frameInfoFromText(text: string): FrameInfo | null {
  const value = parsed(text);
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  return {
    experimentId: stringOrNull(fields.get('experimentId')),
    experimentName: stringOrNull(fields.get('experimentName')),
    datasetId: stringOrNull(fields.get('datasetId')),
    datasetVersionId: stringOrNull(fields.get('datasetVersionId')),
    repetitions: countOrNull(fields.get('repetitions')),
    exampleCount: countOrNull(fields.get('exampleCount')),
    directions: directionsIn(fields.get('directions')),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function directionsIn(value: unknown): Record<string, Direction> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, Direction] => isDirection(entry[1])),
  );
}

function isDirection(value: unknown): value is Direction {
  return value === 'maximize' || value === 'minimize' || value === 'neutral';
}

function stringOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function countOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
