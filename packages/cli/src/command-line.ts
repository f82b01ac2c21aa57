import { safeUrl } from './store.ts';

/**
 * A command to be pasted into a shell.
 *
 * @param words - What follows `assay`.
 * @param store - The `--store` that was given. A password in it is not shown.
 * @param settings - Further flags with their values.
 */
export function commandLine(
  words: readonly string[],
  store: string | undefined,
  settings: readonly string[] = [],
): string {
  return ['assay', ...words, ...(store === undefined ? [] : ['--store', safeUrl(store)]), ...settings]
    .map(quoted)
    .join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
