import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { serve } from '../src/index.ts';

/** A server on a free port, that is gone after the test. */
export async function startServer(): Promise<string> {
  const server = await serve({ store: 'memory:', port: 0, host: '127.0.0.1', logger: pino({ level: 'silent' }) });
  onTestFinished(() => server.close());
  return server.url;
}

/** What a script that speaks to a server has found: its last line is `FOUND` and JSON. */
export async function foundBy(program: string, script: string, url: string): Promise<unknown> {
  const path = new URL(script, import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(program, [path, url], { maxBuffer: 64 * 1024 * 1024, timeout: 240_000 });
  const line = stdout.split('\n').findLast((text) => text.startsWith('FOUND '));
  return JSON.parse(line!.slice('FOUND '.length));
}

/** A Python that has `arize-phoenix-client`, `pandas` and `schemathesis`. */
export const python = process.env['ASSAY_PYTHON'] ?? 'python3';
