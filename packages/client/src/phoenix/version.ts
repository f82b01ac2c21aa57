/** Whether a server says that it is older. One that says nothing is not. */
export function isBefore(version: string | null, major: number, minor: number): boolean {
  const match = /^v?(\d+)\.(\d+)/.exec(version ?? '');
  if (match === null) return false;
  const [itsMajor, itsMinor] = [Number(match[1]), Number(match[2])];
  return itsMajor < major || (itsMajor === major && itsMinor < minor);
}
