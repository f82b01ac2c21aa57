import { AssayError } from '@assay/core';
import { Option } from '@commander-js/extra-typings';
import module from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { nonEmpty, wholeNumber } from '../option-values.ts';
import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { safeUrl } from '../store.ts';
import { loadTasksFile } from '../tasks-file.ts';

/** `assay serve`: the Phoenix-compatible API over a store, with background jobs, until it is told to stop. */
export function addServe(program: Program, shell: Shell): void {
  program
    .command('serve')
    .description('serve the API over a store, and carry out background jobs')
    .addOption(
      new Option('--host <host>', 'where to listen (default: $ASSAY_HOST, else 127.0.0.1)').argParser(nonEmpty),
    )
    .addOption(
      new Option('--port <port>', '0: any that is free (default: $ASSAY_PORT, else 6006)').argParser(wholeNumber(0)),
    )
    .addOption(
      new Option('--tasks <file>', 'a file whose `tasks` and `evaluators` jobs may call by name').argParser(nonEmpty),
    )
    .option('--insecure', 'let other machines ask without a key')
    .action(async (flags, command) => serveUntilStopped(shell, flags, command.optsWithGlobals().store));
}

interface ServeFlags {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly tasks?: string | undefined;
  readonly insecure?: true | undefined;
}

/** Costs next to nothing when no further code was loaded. */
const keepCodeEveryMs = 3_000;

async function serveUntilStopped(shell: Shell, flags: ServeFlags, storeUrl: string | undefined): Promise<void> {
  const { host, port, tasks, insecure } = flags;
  const url = storeUrl ?? (process.env['ASSAY_STORE'] || undefined);
  if (url !== undefined && /^https?:/i.test(url))
    throw new AssayError(
      'invalid-config',
      `Expected a store of this machine or a database to serve, got the server ${safeUrl(url)}`,
    );
  const registered = tasks === undefined ? undefined : await loadTasksFile(tasks);
  // The thread of a SQLite file starts while this one loads the server, unless that may refuse the host: then no file is made.
  const isLocal = host === undefined && !process.env['ASSAY_HOST'];
  const { openStore } = await import('@assay/store');
  const [store, { serve }] = await Promise.all([isLocal ? openStore(url) : url, import('@assay/server')]);
  const server = await serve({
    store,
    host,
    port,
    insecure,
    registered,
    // Requests line by line are for machines; a person sees what goes wrong.
    logLevel: shell.quiet || process.stderr.isTTY ? 'warn' : 'info',
  });
  const stop = shell.interruption.guard(() =>
    shell.remark('Stopping: calls in flight finish and are saved. Once more ends at once.'),
  );
  if (shell.json) shell.printDocument({ url: server.url });
  else shell.print(server.url);
  shell.remark('Ctrl-C stops it.');
  // V8 would let the heap grow to three times what is in use. From the start this would cost a fifth of it, as the heap begins small.
  setFlagsFromString('--heap-growing-percent=30');
  // Compiled code is kept at the end of a process; one that is killed has kept what it had a few seconds before.
  setInterval(() => module.flushCompileCache(), keepCodeEveryMs).unref();
  await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  await server.close();
}
