import type { Html } from './html.ts';
import type { MimeBundle } from './kernel.ts';
import { silenceLineBreak } from './line-break.ts';
import { pageOf } from './page.ts';
import { runningKernel } from './running-kernel.ts';
import { isLastExpression } from './tslab-kernel.ts';

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
    else void kernel.send(this.toMimeBundle());
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
    return inspected(this, this);
  }
}

/**
 * What `console.log` writes of a value. tslab hands the last expression of a cell to `console.log`: then the bundle is sent
 * in its place, and nothing is written.
 */
export function inspected(value: object, display: Display): string {
  const kernel = isLastExpression() ? runningKernel() : null;
  if (kernel === null) return display.toString();
  if (!kernel.omits(value)) void kernel.send(display.toMimeBundle());
  silenceLineBreak();
  return '';
}
