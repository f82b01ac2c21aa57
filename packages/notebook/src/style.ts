/**
 * The look of all displays. Each starts from JupyterLab's variables, so that it goes with the theme of the notebook; where
 * there are none it follows the system's. Colours never stand alone: a sign or a word says the same. The class counts twice, as
 * JupyterLab has rules of its own for tables and headings in outputs.
 */
export const style = minified(`
.assay.assay {
  color-scheme: light dark;
  --a-text: var(--jp-content-font-color1, light-dark(#1c2024, #e8eaed));
  --a-muted: light-dark(#5d6570, #a3abb6);
  --a-line: light-dark(#e2e5e9, #3a3f46);
  --a-soft: light-dark(#f5f6f8, #24282d);
  --a-page: var(--jp-layout-color0, light-dark(#fff, #17191c));
  --a-blue: light-dark(#2f62c9, #82aaff);
  --a-good: light-dark(#1a7f4e, #5cc98f);
  --a-bad: light-dark(#c0392b, #ff8f80);
  --a-warn: light-dark(#96650a, #e5b454);
  --a-series-1: var(--a-blue);
  --a-series-2: light-dark(#c2570c, #f0995a);
  --a-series-3: light-dark(#0f8074, #54c2b4);
  --a-series-4: light-dark(#7a4ec2, #b79bf0);
  --a-series-5: light-dark(#b23a73, #ee8cbb);
  --a-code: var(--jp-code-font-family, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace);
  background: var(--a-page);
  color: var(--a-text);
  font: 13px/1.5 var(--jp-ui-font-family, system-ui, -apple-system, 'Segoe UI', sans-serif);
  padding: 4px 2px 8px;
  max-width: 1080px;
  font-variant-numeric: tabular-nums;
  *, *::before { box-sizing: border-box; }
  [hidden] { display: none !important; }
  h3 { font-size: 15px; font-weight: 650; line-height: 1.3; margin: 0; display: inline; letter-spacing: -.01em; }
  h4 { font-size: 12px; font-weight: 600; color: var(--a-muted); margin: 16px 0 5px; }
  .head { display: flex; flex-wrap: wrap; align-items: baseline; gap: 3px 10px; margin: 0 0 8px; }
  td.id { white-space: nowrap; }
  .id, .code { font-family: var(--a-code); font-size: 12px; }
  .id, .muted, .note { color: var(--a-muted); }
  .note { font-size: 12px; margin: 6px 0 0; }
  .good { color: var(--a-good); } .bad { color: var(--a-bad); } .warn { color: var(--a-warn); }
  .strong { font-weight: 600; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; border: 0; margin: 0; font-size: 13px; table-layout: auto; width: auto; }
  thead { border: 0; }
  tr, tbody tr:nth-child(even), tbody tr:hover { background: none; }
  th, td { text-align: left; vertical-align: baseline; padding: 5px 16px 5px 0; border: 0; border-bottom: 1px solid var(--a-line); max-width: 420px; white-space: normal; color: inherit; }
  th { font-size: 12px; font-weight: 500; color: var(--a-muted); white-space: nowrap; }
  th:last-child, td:last-child { padding-right: 2px; }
  tbody tr:last-child td { border-bottom: 0; }
  .n { text-align: right; white-space: nowrap; }
  .mid { vertical-align: middle; }
  svg { display: inline-block; vertical-align: middle; overflow: visible; max-width: 100%; }
  figure { margin: 0; padding: 0; }
  figure svg { display: block; height: auto; font-variant-numeric: tabular-nums; }
  details { margin: 0; }
  summary { cursor: pointer; }
  summary:hover { color: var(--a-blue); }
  summary::marker { color: var(--a-muted); }
  pre { font: 12px/1.5 var(--a-code); margin: 0; padding: 0; white-space: pre-wrap; overflow-wrap: anywhere; background: none; border: 0; color: inherit; }
  .box { background: var(--a-soft); border-radius: 5px; padding: 8px 11px; max-height: 420px; overflow: auto; }
  .facts { display: flex; flex-wrap: wrap; gap: 10px 28px; margin: 12px 0 0; padding: 0; }
  .facts > div { min-width: 48px; }
  .facts .what { font-size: 12px; font-weight: 400; color: var(--a-muted); margin: 0; }
  .facts .value { font-size: 15px; font-weight: 550; margin: 0; }
  .facts small { font-size: 12px; font-weight: 400; color: var(--a-muted); }
  .counts { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 0 0 4px; }
  .bar { display: flex; height: 6px; border-radius: 3px; overflow: hidden; background: var(--a-line); margin: 6px 0 12px; gap: 1px; }
  .bar > i { display: block; height: 100%; background: var(--a-blue); min-width: 2px; }
  .bar > .ok { background: var(--a-good); } .bar > .failed { background: var(--a-bad); }
  .bar > .open { background: var(--a-line); }
  .chip { font-size: 12px; font-weight: 550; border-radius: 4px; padding: 1px 7px; background: var(--a-soft); white-space: nowrap; }
  .pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 10px 14px; margin: 6px 0; }
  .pair h4 { margin: 0 0 4px; }
  .pair h4 .muted { font-weight: 400; margin-left: 8px; }
  ins, del { text-decoration: none; border-radius: 2px; padding: 0 1px; background: none; }
  ins { color: inherit; box-shadow: inset 0 -1.5px 0 var(--a-good); background: color-mix(in srgb, var(--a-good) 20%, transparent); }
  del { color: inherit; text-decoration: line-through var(--a-bad) 1.5px; background: color-mix(in srgb, var(--a-bad) 18%, transparent); }
  ul.plain { list-style: none; margin: 0; padding: 0; }
  ul.plain > li { padding: 3px 0; }
  .side { display: flex; flex-wrap: wrap; gap: 0 48px; }
  .charts { margin-top: 16px; gap: 8px 28px; }
  .line { display: inline-flex; gap: 12px; align-items: baseline; width: calc(100% - 18px); vertical-align: top; }
  .line > span { white-space: nowrap; flex: none; }
  .line > span:last-child { flex: 0 1 auto; overflow: hidden; text-overflow: ellipsis; }
  .line > .rest { flex: 1 1 0; min-width: 120px; overflow: hidden; text-overflow: ellipsis; }
  .verdict + .verdict { margin-left: 12px; }
  details[open] > summary .line .rest { visibility: hidden; }
  ul.plain > li > details[open] { padding-bottom: 12px; }
  .json ul { list-style: none; margin: 0; padding: 0 0 0 16px; border-left: 1px solid var(--a-line); }
  .json > ul { padding: 0; border: 0; }
  .json .key { color: var(--a-blue); }
  .tools { display: flex; flex-wrap: wrap; gap: 6px 12px; align-items: center; margin: 0 0 6px; font-size: 12px; color: var(--a-muted); }
  .tools input { font: inherit; color: var(--a-text); background: var(--a-page); border: 1px solid var(--a-line); border-radius: 5px; padding: 3px 8px; width: 220px; }
  .tools input:focus-visible, button:focus-visible { outline: 2px solid var(--a-blue); outline-offset: 1px; }
  button { font: inherit; color: inherit; background: none; border: 0; padding: 0; margin: 0; cursor: pointer; min-height: 0; line-height: inherit; }
  .tools button { border: 1px solid var(--a-line); border-radius: 5px; padding: 2px 9px; color: var(--a-text); }
  .tools button:disabled { opacity: .4; cursor: default; }
  .frame td { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; max-width: 240px; }
  .frame th small { display: block; font-weight: 400; font-size: 11px; opacity: .8; }
  .heat td, .heat th { padding: 6px 12px; border-bottom: 2px solid var(--a-page); border-right: 2px solid var(--a-page); }
  .heat tbody th { text-align: right; }
  .frame td.null { color: var(--a-muted); }
}
[data-jp-theme-light='true'] .assay.assay, .vscode-light .assay.assay { color-scheme: light; }
[data-jp-theme-light='false'] .assay.assay, .vscode-dark .assay.assay, .vscode-high-contrast .assay.assay { color-scheme: dark; }
`);

/** Whitespace that means nothing is left out: the style is in every output. */
function minified(css: string): string {
  return css
    .trim()
    .replaceAll(/\s*\n\s*/g, '')
    .replaceAll(/\s*([{};])\s*/g, '$1');
}
