import { statfs } from 'node:fs/promises';

/** Types of network file systems as `statfs` gives them on Linux: https://man7.org/linux/man-pages/man2/statfs.2.html */
const names: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x01021997, '9P'],
  [0x00c36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
]);

/** The name of a network file system by its type; `null` when it is none that is known. */
export function networkFileSystem(type: number): string | null {
  return names.get(type >>> 0) ?? null;
}

/** Warns when a folder is on a network file system, where SQLite's locks and syncs cannot be relied on. */
export async function warnOfNetworkFileSystem(folder: string): Promise<void> {
  const name = networkFileSystem((await statfs(folder)).type);
  if (name === null) return;
  process.emitWarning(
    `The store in ${folder} is on a network file system (${name}), where SQLite may lose data. Use a local disk`,
    'AssayWarning',
  );
}
