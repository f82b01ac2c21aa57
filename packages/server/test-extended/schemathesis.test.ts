import { execFile } from 'node:child_process';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { python, startServer } from './started.ts';

test('answers whatever its own description allows, and more, without a server error', async () => {
  const url = await startServer();
  // It has no way to write protobuf; what /v1/traces refuses is tested by itself.
  const options = [
    '--checks',
    'not_a_server_error',
    '--max-examples',
    '30',
    '--seed',
    '6',
    '--exclude-path',
    '/v1/traces',
  ];
  const parameters = ['run', `${url}/openapi.json`, ...options];
  const run = promisify(execFile)(join(dirname(python), 'schemathesis'), parameters, {
    maxBuffer: 64 * 1024 * 1024,
    timeout: 280_000,
  });
  // It ends with another code than 0 for any failure.
  const { stdout } = await run;
  expect(stdout).toMatch(/Tested: \d{2}/);
});
