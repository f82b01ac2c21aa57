import type { Cell, ShownColumn } from './frame-rows.ts';

/** What the script of a frame gets. */
export interface FrameData {
  readonly columns: readonly ShownColumn[];
  readonly rows: readonly (readonly Cell[])[];
  readonly pageSize: number;
}

/** A cell as text. It also runs in the page, so it uses nothing from outside itself. */
export function cellText(cell: Cell, digits: number): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  const text = Math.abs(cell) >= 1e15 || (cell !== 0 && Math.abs(cell) < 0.0001) ? String(cell) : cell.toFixed(digits);
  return text.replace('-', '\u2212');
}

/**
 * Sorts, filters and pages the rows of a frame where they stand. It runs in the page: its text is put into the output, so
 * it uses nothing from outside itself but the browser and `cellText`.
 */
export function frameScript(data: FrameData, root: HTMLElement, text: typeof cellText): void {
  const { columns, rows, pageSize } = data;
  const body = root.querySelector('tbody')!;
  const tools = root.querySelector<HTMLElement>('.tools')!;
  const box = tools.querySelector('input')!;
  const place = tools.querySelector<HTMLElement>('.place')!;
  const [back, on] = [...tools.querySelectorAll('button')] as [HTMLButtonElement, HTMLButtonElement];
  const heads = [...root.querySelectorAll<HTMLElement>('th')];
  let order = rows.map((_, index) => index);
  let sorted = -1;
  let isDown = false;
  let start = 0;

  const compare = (a: Cell, b: Cell): number => {
    if (a === b) return 0;
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a) < String(b) ? -1 : 1;
  };
  const arrange = (): void => {
    const wanted = box.value.trim().toLowerCase();
    order = rows.map((_, index) => index);
    if (wanted !== '') {
      order = order.filter((row) =>
        rows[row]!.some((cell, column) => text(cell, columns[column]!.digits).toLowerCase().includes(wanted)),
      );
    }
    if (sorted >= 0) {
      order.sort((a, b) => {
        const [left, right] = [rows[a]![sorted]!, rows[b]![sorted]!];
        // What is missing stays at the end, whichever way.
        if (left === null || right === null) return left === right ? a - b : left === null ? 1 : -1;
        return (isDown ? -compare(left, right) : compare(left, right)) || a - b;
      });
    }
    start = 0;
    draw();
  };
  const draw = (): void => {
    body.replaceChildren(
      ...order.slice(start, start + pageSize).map((row) => {
        const line = document.createElement('tr');
        rows[row]!.forEach((cell, column) => {
          const field = document.createElement('td');
          field.textContent = cell === null ? '–' : text(cell, columns[column]!.digits);
          if (typeof cell === 'string') field.title = cell;
          field.className = cell === null ? 'null' : '';
          if (columns[column]!.type === 'number') field.classList.add('n');
          line.append(field);
        });
        return line;
      }),
    );
    const end = Math.min(start + pageSize, order.length);
    place.textContent = order.length === 0 ? 'no row matches' : `${start + 1}–${end} of ${order.length}`;
    back.disabled = start === 0;
    on.disabled = end >= order.length;
  };

  heads.forEach((head, column) => {
    const button = head.querySelector('button')!;
    button.addEventListener('click', () => {
      isDown = sorted === column && !isDown;
      sorted = column;
      heads.forEach((other, index) => {
        other.setAttribute('aria-sort', index === column ? (isDown ? 'descending' : 'ascending') : 'none');
        other.querySelector('.arrow')!.textContent = index === column ? (isDown ? ' ↓' : ' ↑') : '';
      });
      arrange();
    });
  });
  box.addEventListener('input', arrange);
  back.addEventListener('click', () => {
    start = Math.max(0, start - pageSize);
    draw();
  });
  on.addEventListener('click', () => {
    start += pageSize;
    draw();
  });
  // Without this script nobody sees tools that would do nothing.
  tools.hidden = false;
  draw();
}
