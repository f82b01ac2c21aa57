import { frameInfo } from '@assay/frames';
import type { ColumnTable } from 'arquero';
import type { View } from './display.ts';
import { type Cell, firstRows, scriptText, type ShownColumn, type ShownRows } from './frame-rows.ts';
import { cellText, type FrameData, frameScript } from './frame-script.ts';
import { count, counted, cutAt } from './figures.ts';
import { Html, html } from './html.ts';

/** Rows on a page, and rows that stand there when no script may run. */
const pageSize = 15;

/** The first rows of a frame as a table that is sorted and filtered in place. */
export function frameView(table: ColumnTable): View {
  return { html: () => frameTable(table), text: () => frameText(table) };
}

function frameTable(table: ColumnTable): Html {
  const shown = firstRows(table);
  const title = html`<div class="head">
    <span class="strong">${counted(shown.total, 'row')} × ${counted(table.numCols(), 'column')}</span>
    <span class="muted">${frameInfo(table)?.experimentName ?? null}</span>
  </div>`;
  if (table.numCols() === 0) return title;
  const id = `a${crypto.randomUUID()}`;
  return html`${title}
    <div class="frame" id="${id}">
      <div class="tools" hidden>
        <input type="search" placeholder="filter" aria-label="Filter the rows" /><button
          type="button"
          aria-label="Rows before"
        >
          ‹</button
        ><span class="place"></span><button type="button" aria-label="Rows after">›</button>
      </div>
      <div class="wide">
        <table>
          <thead>
            <tr>
              ${shown.columns.map(heading)}
            </tr>
          </thead>
          <tbody>
            ${firstLines(shown)}
          </tbody>
        </table>
      </div>
    </div>
    ${restNote(shown)}${shown.rows.length > 1 ? script(id, shown) : null}`;
}

function heading({ name, type }: ShownColumn): Html {
  return html`<th class="${type === 'number' ? 'n' : ''}" aria-sort="none">
    <button type="button">${name}<span class="arrow"></span></button><small>${type}</small>
  </th>`;
}

/** Characters that the rows of the first page may have. Long texts leave room for fewer rows. */
const mostCharacters = 100_000;

function firstLines({ rows, columns }: ShownRows): readonly Html[] {
  const lines: Html[] = [];
  let room = mostCharacters;
  for (const row of rows.slice(0, pageSize)) {
    const next = line(row, columns);
    room -= next.text.length;
    if (room < 0 && lines.length > 0) break;
    lines.push(next);
  }
  return lines;
}

function line(row: readonly Cell[], columns: readonly ShownColumn[]): Html {
  return html`<tr>
    ${row.map((cell, index) => {
      const { type, digits } = columns[index]!;
      const names = [type === 'number' ? 'n' : '', cell === null ? 'null' : ''].join(' ').trim();
      return html`<td class="${names}">${cell === null ? '–' : cellText(cell, digits)}</td>`;
    })}
  </tr>`;
}

function restNote({ rows, total, hiddenColumns }: ShownRows): Html | null {
  const notes = [
    total > rows.length
      ? `Here are the first ${count(rows.length)} rows of ${count(total)}: sorting and filter see these.`
      : '',
    hiddenColumns > 0 ? `${counted(hiddenColumns, 'more column')} not shown.` : '',
  ].filter((note) => note !== '');
  return notes.length === 0 ? null : html`<p class="note">${notes.join(' ')}</p>`;
}

/** The rows as JSON in the script itself. The id is new each time, as a saved notebook may hold many frames. */
function script(id: string, { columns, rows }: ShownRows): Html {
  const data = scriptText({ columns, rows, pageSize } satisfies FrameData);
  return new Html(
    `<script>{const root=document.getElementById('${id}');if(root)(${frameScript.toString()})(${data},root,${cellText.toString()})}</script>`,
  );
}

const textRows = 10;
const textColumns = 12;
const textWidth = 28;

function frameText(table: ColumnTable): string {
  const { columns, rows, total } = firstRows(table);
  const title = `${counted(total, 'row')} × ${counted(table.numCols(), 'column')}`;
  if (columns.length === 0) return title;
  const shown = columns.slice(0, textColumns);
  const lines = [
    shown.map(({ name }) => name),
    ...rows.slice(0, textRows).map((row) => shown.map(({ digits }, index) => oneLine(cellText(row[index]!, digits)))),
  ];
  return `${title}\n${textTable(
    lines,
    shown.map(({ type }) => type === 'number'),
  )}${total > textRows ? '\n…' : ''}`;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > textWidth ? `${cutAt(line, textWidth - 1)}…` : line;
}

/** Cells in columns, those of numbers to the right. */
export function textTable(lines: readonly (readonly string[])[], isRight: readonly boolean[]): string {
  const widths = isRight.map((_, index) => Math.max(...lines.map((cells) => cells[index]!.length)));
  return lines
    .map((cells) =>
      cells
        .map((cell, index) => (isRight[index] === true ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
