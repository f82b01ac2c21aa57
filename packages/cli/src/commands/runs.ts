import { Option } from '@commander-js/extra-typings';
import { wholeNumber } from '../option-values.ts';
import type { Program } from '../program.ts';
import { type JudgedRun, type RunsPage, runsPage } from '../runs-page.ts';
import type { Shell } from '../shell.ts';
import { decimal, milliseconds, shortened } from '../figures.ts';
import { tableText } from '../table-text.ts';
import { plainText } from '../terminal-stream.ts';
import { withExperiment } from '../with-experiment.ts';

/** `assay runs EXPERIMENT`: its runs, a page at a time. */
export function addRuns(program: Program, shell: Shell): void {
  program
    .command('runs')
    .description('list the runs of an experiment in dataset order')
    .argument('<experiment>', 'its id or name')
    .option('--dataset <name>', 'to choose among experiments of one name')
    .option('--failed', 'only runs that failed')
    .addOption(new Option('--limit <n>', 'runs a page').argParser(wholeNumber(1)).default(50))
    .option('--cursor <cursor>', 'where to go on, as the page before says')
    .action(async (experiment, { dataset, failed, limit, cursor }, command) =>
      withExperiment({ experiment, dataset, store: command.optsWithGlobals().store }, async (catalog, found) => {
        const page = await runsPage(catalog, found, { limit, cursor, failed: failed === true });
        if (shell.json) return shell.printDocument(page);
        if (page.runs.length === 0) return shell.remark(failed === true ? 'No run failed' : 'No runs');
        shell.print(tableOf(page));
        if (page.nextCursor !== null) shell.remark(`More: --cursor ${page.nextCursor}`);
      }),
    );
}

function tableOf({ runs }: RunsPage): string {
  const evaluators = [...new Set(runs.flatMap(({ evaluations }) => evaluations.map(({ name }) => name)))];
  const rows = runs.map((run) => [
    plainText(run.exampleId),
    String(run.repetition),
    run.error === null ? 'ok' : 'failed',
    run.latencyMs === null ? '-' : milliseconds(run.latencyMs),
    ...evaluators.map((name) => verdictOf(run, name)),
    shortened(run.error ?? (typeof run.output === 'string' ? run.output : JSON.stringify(run.output)), 60),
  ]);
  const headings = ['example', 'repetition', 'status', 'latency', ...evaluators.map(plainText), 'output or error'];
  return tableText(headings, rows, { leftLast: true });
}

function verdictOf({ evaluations }: JudgedRun, name: string): string {
  const evaluation = evaluations.find((one) => one.name === name);
  if (evaluation === undefined) return '-';
  if (evaluation.status !== 'ok') return evaluation.status;
  return evaluation.score === null
    ? shortened(evaluation.label ?? evaluation.explanation ?? '-', 20)
    : decimal(evaluation.score);
}
