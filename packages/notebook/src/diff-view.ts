import { type ChangeObject, diffWordsWithSpace } from 'diff';
import { type Html, html } from './html.ts';
import { cutNote, jsonView, littleRoom, prettyJson, type Room } from './json-view.ts';
import { cutAt } from './figures.ts';

/** Milliseconds after which two texts count as too different to mark. */
const timeout = 200;

/** What was expected and what came, side by side: what only one of them has is marked, by colour and by a line. */
export function diffView(
  [leftTitle, left]: readonly [title: string, value: unknown],
  [rightTitle, right]: readonly [title: string, value: unknown],
  room: Room = littleRoom(),
): Html {
  const leftText = prettyJson(left);
  const rightText = prettyJson(right);
  if (left === null || left === undefined || leftText === rightText) {
    const note = leftText === rightText ? html` <span class="good">✓ the same</span>` : null;
    return pair([html`${leftTitle}`, jsonView(left, room)], [html`${rightTitle}${note}`, jsonView(right, room)]);
  }
  const { characters } = room;
  const changes = diffWordsWithSpace(cutAt(leftText, characters), cutAt(rightText, characters), { timeout });
  if (changes === undefined) {
    const note = html` <span class="muted">too different to mark</span>`;
    return pair([html`${leftTitle}`, jsonView(left, room)], [html`${rightTitle}${note}`, jsonView(right, room)]);
  }
  return pair(
    [
      html`${leftTitle}`,
      html`<pre>${changes.filter(({ added }) => !added).map(marked)}</pre>
        ${cutNote(leftText, characters)}`,
    ],
    [
      html`${rightTitle}`,
      html`<pre>${changes.filter(({ removed }) => !removed).map(marked)}</pre>
        ${cutNote(rightText, characters)}`,
    ],
  );
}

type Side = readonly [title: Html, content: Html];

function pair(...sides: readonly Side[]): Html {
  const columns = sides.map(
    ([title, content]) =>
      html`<div>
        <h4>${title}</h4>
        <div class="box">${content}</div>
      </div>`,
  );
  return html`<div class="pair">${columns}</div>`;
}

function marked({ value, added, removed }: ChangeObject<string>): Html {
  if (added) return html`<ins>${value}</ins>`;
  return removed ? html`<del>${value}</del>` : html`${value}`;
}
