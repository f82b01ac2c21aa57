import { type Html, html } from './html.ts';

/** The name of a column; numbers stand on the right. `null`: no column. */
export type Column = string | { readonly number: string } | null;

/** Rows under the names of their columns. It scrolls sideways where there is no room. */
export function table(columns: readonly Column[], rows: readonly (Html | null)[]): Html {
  const heads = columns.map((column) => {
    if (column === null) return null;
    return typeof column === 'string' ? html`<th>${column}</th>` : html`<th class="n">${column.number}</th>`;
  });
  return html`<div class="wide">
    <table>
      <thead>
        <tr>
          ${heads}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
