import { AssayError } from '@assay/core';

/** Checks that this Node has `node:sqlite`. @throws AssayError `unsupported` with the version that is needed and the one found. */
export function checkNodeVersion(version: string = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return;
  throw new AssayError('unsupported', `@assay/store needs Node 22.18 or newer, found ${version}`);
}
