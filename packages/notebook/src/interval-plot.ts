import { type Html, html } from './html.ts';

/** Where a scale begins and ends. */
export type Domain = readonly [low: number, high: number];

interface Marks {
  readonly value: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** What the picture says, in words. */
  readonly label: string;
  /** A value to compare with, drawn as a line: 0 for differences. */
  readonly reference?: number | undefined;
  /** Default blue. */
  readonly tone?: 'good' | 'bad' | 'blue' | 'muted' | undefined;
}

const width = 168;
const height = 18;
const inset = 6;

/** A mean with its interval, small enough for a cell of a table. */
export function intervalPlot({ value, interval, label, reference, tone = 'blue' }: Marks, domain: Domain): Html {
  const [low, high] = domain;
  const x = (at: number): string => {
    const share = high === low ? 0.5 : (Math.min(Math.max(at, low), high) - low) / (high - low);
    return (inset + share * (width - 2 * inset)).toFixed(1);
  };
  const colour = `var(--a-${tone})`;
  const middle = height / 2;
  const ends = interval?.map(x);
  return html`<svg
    role="img"
    aria-label="${label}"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
  >
    <title>${label}</title>
    <line x1="${inset}" x2="${width - inset}" y1="${middle}" y2="${middle}" stroke="var(--a-line)" />
    ${reference === undefined ? null : html`<line x1="${x(reference)}" x2="${x(reference)}" y1="1" y2="${height - 1}" stroke="var(--a-muted)" stroke-dasharray="2 2" />`}
    ${ends === undefined ? null : html`<path d="M${ends[0]} ${middle}H${ends[1]}M${ends[0]} ${middle - 4}v8M${ends[1]} ${middle - 4}v8" fill="none" stroke="${colour}" stroke-width="1.5" />`}
    ${value === null ? null : html`<circle cx="${x(value)}" cy="${middle}" r="3.6" fill="${colour}" />`}
  </svg>`;
}

/** A domain for all the values: 0 to 1 where they lie there, else from the least to the greatest, with 0. */
export function domainOf(values: readonly (number | null | undefined)[], zero = true): Domain {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  if (zero && known.every((value) => value >= 0 && value <= 1)) return [0, 1];
  const all = [...known, 0];
  return [all.reduce((least, value) => Math.min(least, value)), all.reduce((most, value) => Math.max(most, value))];
}
