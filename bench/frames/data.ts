import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { EvaluationRun, Example, Experiment, TaskRun } from '@assay/core';

/** Records of about 680 bytes of text a run: an input of ~300, an output of ~200, a trace id, an explanation. */
export function* pages(
  runs: number,
  runsPerPage = 1000,
  seed = 1,
): Generator<{ examples: Example[]; taskRuns: TaskRun[]; evaluationRuns: EvaluationRun[] }> {
  const random = (): number => (seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  const words = Array.from({ length: 4000 }, () =>
    random()
      .toString(36)
      .slice(2, 4 + Math.floor(random() * 8)),
  );
  const text = (count: number): string =>
    Array.from({ length: count }, () => words[Math.floor(random() * words.length)]).join(' ');
  for (let start = 0; start < runs; start += runsPerPage) {
    const page = { examples: [] as Example[], taskRuns: [] as TaskRun[], evaluationRuns: [] as EvaluationRun[] };
    for (let index = start; index < Math.min(start + runsPerPage, runs); index++) {
      const exampleId = `example-${index >> 1}`;
      if (index % 2 === 0) {
        const question = text(40);
        page.examples.push({
          id: exampleId,
          input: { question, topic: `topic ${index % 17}` },
          expected: `answer ${index % 101}`,
          metadata: { difficulty: index % 5 },
          splits: [],
        });
      }
      const startedAt = new Date(1767600000000 + index * 37);
      const latencyMs = 200 + random() * 800;
      const run: TaskRun = {
        id: `run-${index}`,
        experimentId: experiment.id,
        exampleId,
        repetition: (index % 2) + 1,
        output: { answer: text(25), tokens: index % 300 },
        error: null,
        attempts: 1,
        startedAt,
        endedAt: new Date(startedAt.getTime() + latencyMs),
        latencyMs,
        waitMs: 0,
        traceId: Array.from({ length: 4 }, () =>
          Math.floor(random() * 2 ** 32)
            .toString(16)
            .padStart(8, '0'),
        ).join(''),
        usage: { promptTokens: 100 + (index % 900), completionTokens: index % 300, costUsd: random() / 100 },
      };
      page.taskRuns.push(run);
      page.evaluationRuns.push(
        evaluation(run, 'exact', random() < 0.7 ? 1 : 0, index % 3 === 0 ? 'correct' : 'incorrect', null),
        evaluation(run, 'judge', random(), null, text(10)),
      );
    }
    yield page;
  }
}

export const experiment: Experiment = {
  id: 'experiment-1',
  name: 'bench',
  description: null,
  metadata: {},
  datasetId: 'dataset-1',
  datasetVersionId: 'version-1',
  splits: null,
  repetitions: 2,
  exampleCount: 0,
  projectName: null,
  createdAt: new Date(0),
};

function evaluation(
  run: TaskRun,
  name: string,
  score: number,
  label: string | null,
  explanation: string | null,
): EvaluationRun {
  return {
    id: `${run.id}-${name}`,
    taskRunId: run.id,
    experimentId: run.experimentId,
    exampleId: run.exampleId,
    repetition: run.repetition,
    name,
    kind: 'CODE',
    direction: 'maximize',
    status: 'ok',
    score,
    label,
    explanation,
    metadata: {},
    error: null,
    attempts: 1,
    startedAt: run.startedAt,
    endedAt: run.endedAt,
    latencyMs: 1,
    waitMs: 0,
    traceId: null,
    usage: null,
  };
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/**
 * CPU milliseconds (user and system, all threads) of the work: the least of `repeats`. What is made ready for it by
 * `prepare` is not counted.
 */
export async function cpuOf<Ready>(
  work: (ready: Ready) => unknown,
  repeats = 5,
  prepare?: () => Ready,
): Promise<number> {
  let least = Infinity;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const ready = prepare?.() as Ready;
    collectGarbage();
    const before = process.cpuUsage();
    await work(ready);
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

/** What Python measures on the files in the folder; nothing, with a line that says so, when ASSAY_PYTHON is not set. */
export function measuredByPython(
  script: string,
  folder: string,
): Readonly<Record<string, Readonly<Record<string, number>>>> {
  const python = process.env['ASSAY_PYTHON'];
  if (python !== undefined)
    return JSON.parse(execFileSync(python, [join(import.meta.dirname, script), folder], { encoding: 'utf8' }));
  console.log('ASSAY_PYTHON is not set to a Python with polars and pandas: only our own figures follow.');
  return {};
}

/**
 * Our figures beside those of the peers, with how many times theirs ours are.
 *
 * @param goals - How many times polars ours may be, or what else is asked of it.
 */
export function besidePeers(
  ours: Readonly<Record<string, number>>,
  theirs: ReturnType<typeof measuredByPython>,
  goals: Readonly<Record<string, string | undefined>> = {},
) {
  return Object.entries(ours).map(([name, milliseconds]) => {
    const { polars, pandas } = theirs[name.replace(', from sealed text', '')] ?? {};
    const ratio = (peer: number | undefined): string => (peer === undefined ? '' : (milliseconds / peer).toFixed(1));
    return {
      what: name,
      'ours, ms': digits(milliseconds),
      'polars, ms': digits(polars),
      '÷ polars': ratio(polars),
      goal: goals[name] ?? '',
      'pandas, ms': digits(pandas),
      '÷ pandas': ratio(pandas),
    };
  });
}

function digits(milliseconds: number | undefined): string {
  return milliseconds === undefined ? '' : milliseconds.toFixed(milliseconds < 20 ? 1 : 0);
}

/** The highest resident memory of this process so far, in MiB. */
export function peakMemory(): number {
  return process.resourceUsage().maxRSS / 1024;
}
