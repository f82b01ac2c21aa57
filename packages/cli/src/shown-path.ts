import { relative } from 'node:path';

/** The path as people would type it: from the working directory where it lies in there. */
export function shownPath(path: string): string {
  const near = relative(process.cwd(), path);
  return near === '' || near.startsWith('..') ? path : near;
}
