import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const root = resolve(import.meta.dirname, '../../..');

/** Where an import leads, as a path from the root of the repository. One that ends with a slash leads to all below it. */
export type Imports = Readonly<Record<string, string>>;

/** What core needs of others in a page without a bundler. */
export const importsOfCore: Imports = {
  '@assay/core': 'packages/core/dist/index.js',
  '@assay/core/errors': 'packages/core/dist/errors.js',
  '@noble/hashes/': 'packages/core/node_modules/@noble/hashes/',
  canonicalize: 'packages/core/node_modules/canonicalize/lib/canonicalize.js',
  'p-retry': 'packages/core/node_modules/p-retry/index.js',
  'is-network-error': `${await beside('packages/core/node_modules/p-retry', 'is-network-error')}/index.js`,
};

/** A package that another one depends on, which pnpm puts beside it. */
export async function beside(dependent: string, name: string): Promise<string> {
  return join(await realpath(join(root, dependent)), '..', name).slice(root.length + 1);
}

/**
 * Runs a module in headless Chromium, its imports served as they were built and found by an import map. Nothing is
 * bundled, and the page forbids all but its own scripts: no `eval`, no connections.
 *
 * @param module - Its default export is what the page tells, as JSON.
 */
export async function runInBrowser(module: string, imports: Imports): Promise<unknown> {
  const server = createServer();
  const profile = await mkdtemp(join(tmpdir(), 'assay-browser-'));
  try {
    const url = await serve(server, module, imports);
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--user-data-dir=${profile}`,
      '--virtual-time-budget=30000',
      '--dump-dom',
    ];
    const { stdout } = await promisify(execFile)('chromium', [...flags, url], { timeout: 120_000 });
    const told = /<pre id="told">(?<text>.*?)<\/pre>/s.exec(stdout)?.groups?.['text'] ?? 'null';
    return JSON.parse(told.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
  } finally {
    server.close();
    server.closeAllConnections();
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const teller = `
const refused = [];
document.addEventListener('securitypolicyviolation', (event) => refused.push(event.violatedDirective));
const tell = (value) => { document.getElementById('told').textContent = JSON.stringify(value); };
try {
  const { default: result } = await import('/module.js');
  const own = [...refused];
  let evaluates = true;
  try { new Function('')(); } catch { evaluates = false; }
  tell({ result, refused: own, evaluates });
} catch (error) {
  tell({ failed: String(error?.stack ?? error), refused });
}`;

async function serve(server: Server, module: string, imports: Imports): Promise<string> {
  const nonce = randomUUID();
  const map = JSON.stringify({
    imports: Object.fromEntries(Object.entries(imports).map(([name, path]) => [name, `/files/${path}`])),
  });
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><pre id="told">null</pre>
    <script type="importmap" nonce="${nonce}">${map}</script><script type="module" src="/teller.js"></script>`;
  const made: Readonly<Record<string, string>> = { '/': page, '/module.js': module, '/teller.js': teller };

  server.on('request', (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const content = made[path] ?? readFile(join(root, decodeURIComponent(path).replace(/^\/files\//, '')));
    Promise.resolve(content).then(
      (body) => {
        response.writeHead(200, {
          'content-type': path === '/' ? 'text/html' : 'text/javascript',
          'content-security-policy': `default-src 'none'; script-src 'self' 'nonce-${nonce}'`,
        });
        response.end(body);
      },
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
