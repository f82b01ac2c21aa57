import type { Job } from '@assay/client';
import { Option } from '@commander-js/extra-typings';
import { minuteOf, shortened } from '../figures.ts';
import { withJobs } from '../job-catalog.ts';
import { wholeNumber } from '../option-values.ts';
import type { Program } from '../program.ts';
import type { Shell } from '../shell.ts';
import { tableText } from '../table-text.ts';

const statuses = ['RUNNING', 'COMPLETED', 'STOPPED', 'ERROR'] as const;

/** `assay jobs list|stop|resume`: the background jobs of a store, or of the server behind `--store http://…`. */
export function addJobs(program: Program, shell: Shell): void {
  const jobs = program.command('jobs').description('list, stop and resume background jobs');

  jobs
    .command('list')
    .description('list the background jobs, newest first')
    .addOption(new Option('--status <status>', 'only these').choices(statuses))
    .addOption(new Option('--limit <n>', 'at most so many').argParser(wholeNumber(1)).default(50))
    .action(async ({ status, limit }, command) =>
      withJobs(storeOf(command), async ({ list }) => {
        const found: Job[] = [];
        for await (const job of list({ status })) if (found.push(job) === limit) break;
        if (shell.json) return shell.printDocument({ jobs: found });
        if (found.length === 0) return shell.remark('No background jobs');
        shell.print(tableOf(found));
      }),
    );

  jobs
    .command('stop')
    .description('let the calls in flight finish, and start no more')
    .argument('<experiment>', 'its id or name')
    .action(async (experiment, _flags, command) =>
      withJobs(storeOf(command), async ({ experimentIdOf, stop }) =>
        tell(shell, await stop(await experimentIdOf(experiment)), null),
      ),
    );

  jobs
    .command('resume')
    .description('do what is missing: runs never reached or failed, and evaluations')
    .argument('<experiment>', 'its id or name')
    .addOption(new Option('--concurrency <n>', 'calls open at once').argParser(wholeNumber(1)))
    .action(async (experiment, { concurrency }, command) =>
      withJobs(storeOf(command), async ({ experimentIdOf, resume }) => {
        const { job, remark } = await resume(await experimentIdOf(experiment), concurrency);
        tell(shell, job, remark);
      }),
    );
}

function storeOf(command: { optsWithGlobals(): object }): string | undefined {
  return (command.optsWithGlobals() as { readonly store?: string | undefined }).store;
}

function tell(shell: Shell, job: Job, remark: string | null): void {
  if (shell.json) return shell.printDocument({ job });
  shell.print(tableOf([job]));
  if (remark !== null) shell.remark(remark);
}

function tableOf(jobs: readonly Job[]): string {
  const rows = jobs.map((job) => [
    job.experimentId,
    job.status,
    job.startedAt === null ? '-' : minuteOf(job.startedAt),
    `${job.taskRuns.completed}/${job.taskRuns.expected}`,
    String(job.taskRuns.failed),
    `${job.evaluations.completed}/${job.evaluations.expected}`,
    String(job.inFlight),
    shortened(messageOf(job.lastError), 60),
  ]);
  const headings = ['experiment', 'status', 'started', 'runs', 'failed', 'evaluations', 'in flight', 'last error'];
  return tableText(headings, rows, { leftColumns: 3, leftLast: true });
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : '-';
}
