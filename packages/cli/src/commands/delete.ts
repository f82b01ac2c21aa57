import { createInterface } from 'node:readline/promises';
import type { Program } from '../program.ts';
import { UsageError } from '../report-error.ts';
import type { Shell } from '../shell.ts';
import { plainText } from '../terminal-stream.ts';
import { withExperiment } from '../with-experiment.ts';

/** `assay delete EXPERIMENT`: with its runs and evaluations, for good. */
export function addDelete(program: Program, shell: Shell): void {
  program
    .command('delete')
    .description('delete an experiment with its runs and evaluations')
    .argument('<experiment>', 'its id or name')
    .option('--dataset <name>', 'to choose among experiments of one name')
    .option('--force', 'do not ask')
    .action(async (experiment, { dataset, force }, command) => {
      const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true && !shell.json;
      if (force !== true && !canAsk) throw new UsageError('Without a terminal to ask in, `assay delete` needs --force');
      await withExperiment(
        { experiment, dataset, store: command.optsWithGlobals().store },
        async (catalog, { id, name, exampleCount, repetitions }) => {
          if (
            force !== true &&
            !(await confirmed(
              `Delete ${plainText(name)} (${id}), up to ${exampleCount * repetitions} runs, for good? [y/N] `,
            ))
          ) {
            shell.exitCode = 1;
            return shell.complain('Nothing was deleted');
          }
          await catalog.deleteExperiment(id);
          if (shell.json) shell.printDocument({ deleted: id });
          else shell.remark(`Deleted ${id}`);
        },
      );
    });
}

async function confirmed(question: string): Promise<boolean> {
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await asking.question(question)).trim());
  } finally {
    asking.close();
  }
}
