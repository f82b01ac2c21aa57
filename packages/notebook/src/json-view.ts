import { count, counted, cutAt, size } from './figures.ts';
import { Html, html } from './html.ts';

/** How much of a value is shown. What is beyond is counted, and said. */
export interface Room {
  /** Characters of one text. */
  readonly characters: number;
  /** Entries of one list or object. */
  readonly entries: number;
  /** Entries in all. */
  nodes: number;
}

export function plentyOfRoom(): Room {
  return { characters: 20_000, entries: 100, nodes: 1000 };
}

export function littleRoom(): Room {
  return { characters: 2000, entries: 20, nodes: 100 };
}

/** Any value of a record: text as it is, lists and objects to be folded open, without a script. */
export function jsonView(value: unknown, room: Room = plentyOfRoom()): Html {
  if (typeof value === 'string') return textView(value, room);
  if (typeof value !== 'object' || value === null) return html`<span class="code">${plain(value)}</span>`;
  return html`<div class="json code">${node(value, room, 0, new Set())}</div>`;
}

/** Text, of which what is too long is cut off and its size said. */
export function textView(text: string, { characters }: Room = plentyOfRoom()): Html {
  if (text === '') return html`<span class="muted">an empty text</span>`;
  return html`<pre>${cutAt(text, characters)}</pre>
    ${cutNote(text, characters)}`;
}

/** Says how much was cut off. */
export function cutNote(text: string, characters: number): Html | null {
  if (text.length <= characters) return null;
  return html`<p class="note">The first ${size(characters)} of ${size(text.length)}.</p>`;
}

/** A value in one line, of at most so many characters. */
export function preview(value: unknown, characters = 120): string {
  const text = typeof value === 'string' ? value : jsonText(value, characters);
  const line = cutAt(text, characters * 2)
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > characters || text.length > characters * 2 ? `${cutAt(line, characters)}…` : line;
}

/** JSON with line breaks; for what JSON cannot hold, what it is. */
export function prettyJson(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value, readable, 2) ?? String(value);
  } catch {
    return String(value);
  }
}

const readable = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

/** A long list is not written out only to be cut off again. */
function jsonText(value: unknown, characters: number): string {
  if (Array.isArray(value) && value.length > characters)
    return `${jsonText(value.slice(0, characters), characters).slice(0, -1)}, … (${counted(value.length, 'item')})]`;
  if (value === undefined) return '';
  try {
    return JSON.stringify(value, readable) ?? String(value);
  } catch {
    return String(value);
  }
}

function node(value: unknown, room: Room, depth: number, above: ReadonlySet<object>): Html {
  if (typeof value === 'string') {
    const rest = value.length > room.characters ? html` <span class="muted">… (${size(value.length)})</span>` : null;
    return html`<span>${JSON.stringify(cutAt(value, room.characters))}</span>${rest}`;
  }
  if (typeof value !== 'object' || value === null) return html`<span>${plain(value)}</span>`;
  if (value instanceof Date)
    return html`<span>${Number.isNaN(value.getTime()) ? 'no date' : value.toISOString()}</span>`;
  if (above.has(value)) return html`<span class="muted">…, as above</span>`;
  const isList = Array.isArray(value) || ArrayBuffer.isView(value);
  const [names, total] = namesOf(value, room);
  if (total === 0) return html`<span>${isList ? '[]' : '{}'}</span>`;
  const within = new Set(above).add(value);
  const items = names.map((name) => {
    const key = isList ? null : html`<span class="key">${name}</span>: `;
    return html`<li>${key}${node((value as Record<string, unknown>)[name], room, depth + 1, within)}</li>`;
  });
  const rest = names.length < total ? html`<li class="muted">and ${count(total - names.length)} more</li>` : null;
  const entries = html`<ul>
    ${items}${rest}
  </ul>`;
  // What is short stands there at once, without a line to fold it by.
  if (depth === 0 && total <= fewEntries) return entries;
  const title = isList ? `[${counted(total, 'item')}]` : `{ ${preview(names.slice(0, 8).join(', '), 60)} }`;
  return html`<details${depth < 2 && total <= fewEntries ? new Html(' open') : null}>
    <summary class="muted">${title}</summary>
    ${entries}
  </details>`;
}

const fewEntries = 12;

/** The keys to show, and how many there are. */
function namesOf(value: object, room: Room): readonly [names: readonly string[], total: number] {
  const isIndexed = Array.isArray(value) || (ArrayBuffer.isView(value) && 'length' in value);
  const length = isIndexed ? Number((value as { readonly length: number }).length) : 0;
  const most = Math.min(room.entries, Math.max(0, room.nodes));
  const all = isIndexed
    ? Array.from({ length: Math.min(length, most) }, (_, index) => String(index))
    : Object.keys(value);
  const names = all.slice(0, most);
  room.nodes -= names.length;
  return [names, isIndexed ? length : all.length];
}

function plain(value: unknown): string {
  return typeof value === 'function' ? `function ${value.name}` : String(value);
}
