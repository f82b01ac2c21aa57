import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../src/memory-store.ts';
import { resumeExperiment, runExperiment } from '../src/run.ts';
import type { ExperimentStore } from '../src/store.ts';
import { numbered } from './fixtures/examples.ts';
import { finish } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const quiet = { printSummary: false } as const;
const exact = ({ output, expected }: { output: unknown; expected: unknown }) => output === expected;

const failing =
  (...inputs: number[]) =>
  ({ input }: { input: number }) => {
    if (inputs.includes(input)) throw new Error('no');
    return input;
  };

describe('warns', () => {
  const run = async (store: ExperimentStore) =>
    (await finish(runExperiment({ ...quiet, store, dataset: numbered(1), task: failing(), evaluators: { exact } }))).id;

  test.each([
    ['of nothing when nothing changed', { task: failing(), evaluators: { exact } }, []],
    [
      'of another task',
      { task: () => 2, evaluators: { exact } },
      [/^The task differs from the one the experiment was started with/],
    ],
    [
      'of another evaluator of the same name',
      { evaluators: { exact: () => 1 } },
      [/^Evaluator exact differs from the one/],
    ],
    ['of no new evaluator', { evaluators: { exact, other: () => 1 } }, []],
    [
      'of evaluators left out, by name',
      { task: failing() },
      ['No evaluators were given, so nothing is evaluated. On record: exact'],
    ],
  ])('%s', async (_, options, warnings) => {
    const store = createMemoryStore();
    const ran = await finish(
      resumeExperiment({ ...quiet, store, experimentId: await run(store), ...(options as object) }),
    );
    expect(ran.warnings).toEqual(
      warnings.map((warning) => (typeof warning === 'string' ? warning : expect.stringMatching(warning))),
    );
  });
});
