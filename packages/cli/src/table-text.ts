import Table from 'cli-table3';

export interface TableAlignment {
  /** How many columns stand to the left, counting from the first; the others stand to the right. Default 1. */
  readonly leftColumns?: number | undefined;
  /** Whether the last column stands to the left too. */
  readonly leftLast?: boolean | undefined;
}

/** A table without lines, for a terminal. */
export function tableText(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
  { leftColumns = 1, leftLast = false }: TableAlignment = {},
): string {
  const isLeft = (column: number): boolean => column < leftColumns || (leftLast && column === headings.length - 1);
  const table = new Table({
    head: [...headings],
    colAligns: headings.map((_, column) => (isLeft(column) ? 'left' : 'right')),
    chars: noLines,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
  });
  for (const row of rows) table.push([...row]);
  return table.toString().replace(/ +$/gm, '');
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};
