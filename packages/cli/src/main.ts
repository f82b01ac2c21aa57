import { CommanderError } from 'commander';
import { reportError } from './report-error.ts';
import { createProgram } from './program.ts';
import { silenceKnownWarnings } from './known-warnings.ts';
import { Shell } from './shell.ts';

/** Runs the command line and ends the process with its exit code. @param args - Without the program's own name. */
export async function main(args: readonly string[]): Promise<void> {
  silenceKnownWarnings();
  const shell = new Shell(args);
  const code = await carryOutCommand(shell, args);
  await shell.flush();
  // Not left to run dry: what an experiment file leaves open, such as an idle connection, must not keep the shell waiting.
  process.exit(code);
}

async function carryOutCommand(shell: Shell, args: readonly string[]): Promise<number> {
  try {
    await (await createProgram(shell, args)).parseAsync(withExplicitDryRun(args), { from: 'user' });
    return shell.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportError(shell, error);
  }
}

/**
 * A bare `--dry-run` as `--dry-run=1`. The parser takes whatever follows an option with an optional value as that value, so
 * `assay run --dry-run FILE.ts` would lose its file.
 */
function withExplicitDryRun(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((arg, index) => (arg === '--dry-run' && (end === -1 || index < end) ? '--dry-run=1' : arg));
}
