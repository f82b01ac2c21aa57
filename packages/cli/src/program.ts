import { Command } from '@commander-js/extra-typings';
import { readFileSync } from 'node:fs';
import { addCommands } from './commands/index.ts';
import type { Shell } from './shell.ts';

/** The command line with its global options and the commands that `args` may be about. Errors are thrown, never exited on. */
export async function createProgram(shell: Shell, args: readonly string[]): Promise<Command<[], GlobalOptions>> {
  const program = new Command('assay')
    .description('Runs experiments on datasets, keeps every result, and hands the results over.')
    .version(packageVersion(), '--version', 'print the version')
    .option(
      '--store <url>',
      'where everything is kept: file:./path.db, postgres://… or a server, http://… (default: $ASSAY_STORE, else file:.assay/assay.db)',
    )
    .option('--json', 'print one JSON document on stdout and nothing else; errors are JSON on stderr')
    .option('--quiet', 'print no progress and no remarks')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => shell.printHelp(text),
      writeErr: (text) => {
        if (!shell.json) shell.complain(text.trimEnd());
      },
    })
    .showHelpAfterError('(--help says more)')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .exitOverride();
  await addCommands(program, shell, args);
  return program;
}

export type GlobalOptions = {
  store?: string | undefined;
  json?: true | undefined;
  quiet?: true | undefined;
};

/** The program that commands are added to. */
export type Program = Command<[], GlobalOptions>;

const exitCodeHelp = `Exit codes:
  0    nothing is left to do, whatever failed
  1    could not start, halted, not found, ambiguous, unreachable, or no task run is ok
  2    the command line itself is wrong
  3    a gate is not met
  130  interrupted (143: terminated); what was finished is kept`;

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return version;
}
