import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { python, startServer } from './started.ts';

test('answers whatever its own description allows, and more, without a server error', async () => {
  const url = await startServer();
  const arguments_ = ['run', `${url}/openapi.json`, '--checks', 'not_a_server_error', '--max-examples', '30', '--seed', '6', '--workers', '2', '--suppress-health-check', 'all'];
  const run = promisify(execFile)(join(dirname(python), 'schemathesis'), arguments_, { maxBuffer: 64 * 1024 * 1024, timeout: 280_000 });
  const { stdout } = await run.catch((failed: { stdout: string }) => failed);
  expect(stdout).not.toMatch(/Server error|❌|FAILURES|ERRORS/);
  expect(stdout).toMatch(/\d+ passed|No issues found/);
});
