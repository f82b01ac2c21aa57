import type { Html } from './html.ts';
import { type MimeBundle, runningKernel } from './kernel.ts';
import { pageOf } from './page.ts';
import { silenceLineBreak } from './line-break.ts';

/** What can be shown: markup for a notebook, and the same as text for anywhere else. */
export interface View {
  readonly html: () => Html;
  readonly text: () => string;
  /** A picture of it that stands alone. */
  readonly svg?: (() => string) | undefined;
}

/**
 * Something to look at. As the last expression of a cell it shows itself, in tslab and in Deno; `display()` shows it from
 * anywhere in a cell. Outside of a notebook it is plain text.
 */
export class Display {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** Shows it now: in the output of the cell, or as text on the console where there is no notebook. */
  display(): void {
    const kernel = runningKernel();
    if (kernel === null) console.log(this.toString());
    else kernel.send(this.toMimeBundle());
  }

  /** The same as HTML and as text, for a front end to choose from; a chart also as SVG. */
  toMimeBundle(): MimeBundle {
    const { html, svg } = this.#view;
    return {
      'text/html': pageOf(html()).text,
      ...(svg === undefined ? {} : { 'image/svg+xml': svg() }),
      'text/plain': this.toString(),
    };
  }

  /** Plain text, for consoles and logs. */
  toString(): string {
    return this.#view.text();
  }

  /** How Deno's kernel shows the last expression of a cell. */
  [Symbol.for('Jupyter.display')](): MimeBundle {
    return this.toMimeBundle();
  }

  /** How tslab, and any console, shows it. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return inspected(this);
  }
}

/**
 * What `console.log` writes of it. tslab hands the last expression of a cell to `console.log`: then the bundle is sent in
 * its place, and nothing is written.
 *
 * @param isOnShow - Whether the cell shows it already.
 */
export function inspected(display: Pick<Display, 'toMimeBundle' | 'toString'>, isOnShow = false): string {
  const kernel = isLastExpression() ? runningKernel() : null;
  if (kernel === null) return display.toString();
  if (!isOnShow) kernel.send(display.toMimeBundle());
  silenceLineBreak();
  return '';
}

/** Whether it is tslab itself that logs, and not the code of the cell. */
function isLastExpression(): boolean {
  if (!('__tslab__' in globalThis)) return false;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const caller = frames.find((frame) => !/node:internal|console\.|[\\/]notebook[\\/](?:dist|src)[\\/]/.test(frame));
  return caller !== undefined && /[\\/]tslab[\\/]dist[\\/]executor\.js/.test(caller);
}
