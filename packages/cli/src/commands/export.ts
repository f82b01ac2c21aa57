import { Option } from '@commander-js/extra-typings';
import { checkedExportPath, exportFormatOf } from '../export-path.ts';
import { nonEmpty } from '../option-values.ts';
import type { Program } from '../program.ts';
import { UsageError } from '../report-error.ts';
import type { Shell } from '../shell.ts';
import { withExperiment } from '../with-experiment.ts';
import { writeExport } from '../write-export.ts';

/** `assay export EXPERIMENT -o PATH`: an experiment as a file. */
export function addExport(program: Program, shell: Shell): void {
  program
    .command('export')
    .description('write an experiment to a file')
    .argument('<experiment>', 'its id or name')
    .addOption(
      new Option('-o, --output <path>', 'a .parquet, .arrow, .csv, .jsonl or .json file; one that is there is replaced')
        .argParser((path: string) => checkedExportPath(nonEmpty(path)))
        .makeOptionMandatory(),
    )
    .option('--long', 'a row per evaluation in place of a row per run')
    .option('--flatten', 'columns for the keys of objects, in place of JSON text')
    .option('--dataset <name>', 'to choose among experiments of one name')
    .action(async (experiment, { output, long, flatten, dataset }, command) => {
      if (exportFormatOf(output) === 'json' && (long === true || flatten === true)) {
        throw new UsageError('--long and --flatten are for tables: a .json file holds every record as it is');
      }
      if (long === true && flatten === true)
        throw new UsageError('--long and --flatten cannot go together: evaluations have no objects to flatten');
      await withExperiment({ experiment, dataset, store: command.optsWithGlobals().store }, async (store, { id }) => {
        await writeExport({ store, experimentId: id }, output, { long, flatten });
        if (shell.json) shell.printDocument({ experimentId: id, exported: [output] });
        else shell.remark(`Wrote ${output}`);
      });
    });
}
