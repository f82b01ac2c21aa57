import { Html, html } from './html.ts';
import { style } from './style.ts';

/** Markup with the style that it needs: every output stands alone, since any other may be cleared. */
export function pageOf(content: Html): Html {
  return html`<div class="assay">${styleTag}${content}</div>`;
}

const styleTag = new Html(`<style>${style}</style>`);
