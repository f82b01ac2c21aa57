import { safeUrl } from './store.ts';

/**
 * The command that does what is missing, to be pasted into a shell.
 *
 * @param parts.store - The `--store` that was given. A password in it is not shown.
 */
export function resumeCommand(parts: {
  readonly verb: 'resume' | 'evaluate';
  readonly experimentId: string;
  readonly file: string;
  readonly store?: string | undefined;
  readonly settings: readonly string[];
}): string {
  const { verb, experimentId, file, store, settings } = parts;
  return ['assay', verb, experimentId, file, ...(store === undefined ? [] : ['--store', safeUrl(store)]), ...settings]
    .map(quoted)
    .join(' ');
}

function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
