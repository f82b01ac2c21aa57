import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

export type Theme = 'light' | 'dark' | 'system';

const backgrounds = { light: '#ffffff', dark: '#111111', system: null } as const;

/** A page that shows markup as JupyterLab would in this theme; `system`: as a page that knows nothing of JupyterLab. */
export function pageOf(markup: string, theme: Theme, script = ''): string {
  const background = backgrounds[theme];
  const body =
    background === null
      ? '<body>'
      : `<body data-jp-theme-light="${theme === 'light'}" style="background:${background};--jp-layout-color0:${background}">`;
  return `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${body}
    <script>window.failures = []; addEventListener('error', (event) => failures.push(event.message));</script>
    ${markup}<pre id="told">null</pre>
    <script>document.getElementById('told').textContent = JSON.stringify((() => { ${script} })() ?? null);</script>`;
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--hide-scrollbars',
  '--no-first-run',
  '--window-size=760,900',
];

/** Opens pages in headless Chromium. */
export class Browser {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'assay-pages-'));

  /** What the script of the page returns, as JSON. */
  async tell(page: string): Promise<unknown> {
    const stdout = await this.#run(page, ['--virtual-time-budget=2000', '--dump-dom']);
    const told = /<pre id="told">(?<text>.*?)<\/pre>/s.exec(stdout)?.groups?.['text'] ?? 'null';
    return JSON.parse(told.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')) as unknown;
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #run(page: string, more: readonly string[]): Promise<string> {
    const file = path.join(this.#folder, 'page.html');
    writeFileSync(file, page);
    const profile = `--user-data-dir=${path.join(this.#folder, 'profile')}`;
    const { stdout } = await promisify(execFile)('chromium', [...flags, profile, ...more, pathToFileURL(file).href], {
      timeout: 120_000,
      maxBuffer: 2 ** 26,
    });
    return stdout;
  }
}
