import { expect, test } from 'vitest';
import { checkNodeVersion } from '../src/node-version.ts';

test('accepts Node from 22.18 on, and this one', () => {
  for (const version of ['22.18.0', '22.23.1', '24.0.0', '100.0.0'])
    expect(() => checkNodeVersion(version)).not.toThrow();
  expect(() => checkNodeVersion()).not.toThrow();
});

test('says what is needed and what was found', () => {
  for (const version of ['22.17.9', '20.20.0', '18.0.0']) {
    expect(() => checkNodeVersion(version)).toThrowError(`needs Node 22.18 or newer, found ${version}`);
  }
});
