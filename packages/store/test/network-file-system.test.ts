import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { networkFileSystem } from '../src/network-file-system.ts';

test('knows network file systems by their type, also where it is given as a negative number', () => {
  expect([0x6969, 0xff534d42, 0xff534d42 | 0].map(networkFileSystem)).toEqual(['NFS', 'CIFS', 'CIFS']);
});

test('says nothing of a local file system', async () => {
  const ext4 = 0xef53;
  expect([ext4, (await statfs(tmpdir())).type].map(networkFileSystem)).toEqual([null, null]);
});
