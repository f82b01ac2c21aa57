import { parseCell, parseMilliseconds } from './cell-parse.ts';
import { CodedBuilder, Growing, IntegerBuilder, ValidityBuilder } from './column/builder.ts';
import type { FrameColumn } from './column/column.ts';
import { columnOfKind } from './column/from-values.ts';
import { NumberColumn } from './column/number.ts';
import { TextColumn } from './column/text.ts';
import { TimeColumn } from './column/time.ts';
import type { ColumnKind } from './columns.ts';

/** Takes the cells of one column as they are read, so that only text is kept as text. */
export interface CellColumn {
  /** @returns Whether the cell is of the column's kind. */
  push(cell: string | null): boolean;
  column(): FrameColumn<unknown>;
}

/** An empty column of that kind. */
export function cellColumn(kind: ColumnKind): CellColumn {
  switch (kind) {
    case 'text':
      return new TextCells();
    case 'coded':
      return new CodedCells();
    case 'float':
      return new FloatCells();
    case 'integer':
      return new IntegerCells();
    case 'boolean':
      return new BooleanCells();
    case 'time':
      return new TimeCells();
  }
}

class TextCells implements CellColumn {
  readonly #texts: (string | null)[] = [];

  push(cell: string | null): boolean {
    this.#texts.push(cell);
    return true;
  }

  column(): TextColumn {
    return new TextColumn([{ texts: this.#texts }]);
  }
}

class CodedCells implements CellColumn {
  readonly #codes = new CodedBuilder();

  push(cell: string | null): boolean {
    this.#codes.push(cell);
    return true;
  }

  column(): FrameColumn<unknown> {
    return this.#codes.column();
  }
}

class FloatCells implements CellColumn {
  readonly #values = new Growing(Float64Array);
  readonly #validity = new ValidityBuilder();

  push(cell: string | null): boolean {
    const value = cell === null ? Number.NaN : parseCell(cell, 'float');
    if (typeof value !== 'number') return false;
    this.#values.push(value);
    this.#validity.push(cell !== null);
    return true;
  }

  column(): NumberColumn {
    return new NumberColumn(this.#values.filled(), this.#validity.bitmap());
  }
}

class IntegerCells implements CellColumn {
  readonly #values = new IntegerBuilder();

  push(cell: string | null): boolean {
    const value = cell === null ? null : parseCell(cell, 'integer');
    if (value !== null && typeof value !== 'number') return false;
    this.#values.push(value);
    return true;
  }

  column(): FrameColumn<unknown> {
    return this.#values.column();
  }
}

class BooleanCells implements CellColumn {
  readonly #values: unknown[] = [];

  push(cell: string | null): boolean {
    const value = cell === null ? null : parseCell(cell, 'boolean');
    this.#values.push(value);
    return value !== undefined;
  }

  column(): FrameColumn<unknown> {
    return columnOfKind(this.#values, 'boolean');
  }
}

class TimeCells implements CellColumn {
  readonly #ticks = new Growing(BigInt64Array);
  readonly #validity = new ValidityBuilder();

  push(cell: string | null): boolean {
    const milliseconds = cell === null ? 0 : parseMilliseconds(cell);
    if (milliseconds === undefined) return false;
    this.#ticks.push(BigInt(milliseconds));
    this.#validity.push(cell !== null);
    return true;
  }

  column(): TimeColumn {
    return new TimeColumn(this.#ticks.filled(), this.#validity.bitmap());
  }
}
