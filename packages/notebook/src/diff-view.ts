import { type ChangeObject, diffWordsWithSpace } from 'diff';
import { type Html, html } from './html.ts';
import { cutNote, jsonView, littleRoom, prettyJson, type Room } from './json-view.ts';
import { cutAt } from './figures.ts';

/** Milliseconds after which two texts count as too different to mark. */
const timeout = 200;

/** What was expected and what came, side by side: what only one of them has is marked, by colour and by a line. */
export function diffView(expected: unknown, output: unknown, room: Room = littleRoom()): Html {
  return diffColumns([html`expected`, expected], [html`output`, output], room);
}

/** Two values side by side with their differences marked. A side that is `null` has nothing to compare with. */
export function diffColumns(
  [leftTitle, left]: readonly [title: Html, value: unknown],
  [rightTitle, right]: readonly [title: Html, value: unknown],
  room: Room = littleRoom(),
): Html {
  const [leftText, rightText] = [prettyJson(left), prettyJson(right)];
  const plain = (note: Html | null): Html =>
    pair([leftTitle, jsonView(left, room)], [html`${rightTitle}${note}`, jsonView(right, room)]);
  if (leftText === rightText) return plain(html` <span class="good">✓ the same</span>`);
  if (left === null || right === null) return plain(null);
  const { characters } = room;
  const changes = diffWordsWithSpace(cutAt(leftText, characters), cutAt(rightText, characters), { timeout });
  if (changes === undefined) return plain(html` <span class="muted">too different to mark</span>`);
  const side = (title: Html, text: string, isHere: (change: ChangeObject<string>) => boolean): Side => [
    title,
    html`<pre>${changes.filter(isHere).map(marked)}</pre>
      ${cutNote(text, characters)}`,
  ];
  return pair(
    side(leftTitle, leftText, ({ added }) => !added),
    side(rightTitle, rightText, ({ removed }) => !removed),
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
