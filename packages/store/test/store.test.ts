import { createMemoryStore } from '@assay/core';
import type { Catalog, ExampleDraft } from '@assay/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../src/index.ts';
import { describeInEach } from './fixtures/databases.ts';
import { collect, createExperiment, successOf } from './fixtures/experiment.ts';

const seed = 20261120;
function evaluationOf(
  taskRun: { id: string; experimentId: string; exampleId: string; repetition: number },
  name: string,
  score: number,
) {
  const at = new Date('2026-03-01T12:00:00.123Z');
  const verdict = {
    kind: 'CODE',
    direction: 'maximize',
    status: 'ok',
    score,
    label: null,
    explanation: null,
    metadata: {},
  } as const;
  const call = {
    error: null,
    attempts: 1,
    startedAt: at,
    endedAt: at,
    latencyMs: 1,
    waitMs: null,
    traceId: null,
    usage: null,
  };
  const { id: taskRunId, experimentId, exampleId, repetition } = taskRun;
  return { taskRunId, experimentId, exampleId, repetition, name, ...verdict, ...call };
}

describeInEach((openEmpty) => {
  test('keeps the answer of a model under its key, the newest one, and none under another', async () => {
    await using store = await openEmpty();
    expect(await store.calls.get('a')).toBeNull();
    await store.calls.put('a', 'first');
    await store.calls.put('a', 'second');
    await store.calls.put('b', 'other');
    expect([await store.calls.get('a'), await store.calls.get('b')]).toEqual(['second', 'other']);
  });

  let store: Store;
  beforeAll(async () => {
    store = await openEmpty();
  });
  afterAll(() => store.close());

  test('keeps every record that was replaced, in order, as it was', async () => {
    const { id } = await createExperiment(store, { name: 'history' });
    const failure = { ...successOf(id, '1'), output: null, error: 'overloaded' };
    const first = await store.saveTaskRun(failure);
    const second = await store.saveTaskRun({ ...failure, error: 'out of quota' });
    const dropped = await store.saveEvaluationRun(evaluationOf(second, 'exact', 0));
    const success = await store.saveTaskRun(successOf(id, '1'));
    const judged = await store.saveEvaluationRun(evaluationOf(success, 'exact', 0.5));
    await store.annotateRuns(id, [{ taskRunId: success.id, name: 'exact', score: 1 }]);

    const superseded = await collect(store.listSuperseded(id));
    expect(superseded.map(({ kind, record, epoch }) => ({ kind, record, epoch }))).toEqual([
      { kind: 'task-run', record: first, epoch: null },
      { kind: 'task-run', record: second, epoch: null },
      { kind: 'evaluation-run', record: dropped, epoch: null },
      { kind: 'evaluation-run', record: judged, epoch: null },
    ]);
    expect(superseded.every(({ supersededAt }) => supersededAt instanceof Date)).toBe(true);
  });

  test('keeps nothing as superseded of what was refused', async () => {
    const { id } = await createExperiment(store, { name: 'refused' });
    const run = await store.saveTaskRun(successOf(id, '1'));
    await store.saveEvaluationRun(evaluationOf(run, 'exact', 1));
    await store.saveTaskRun({ ...successOf(id, '1'), error: 'late' }).catch(() => undefined);
    await store.saveEvaluationRun({ ...evaluationOf(run, 'exact', 0), score: null, status: 'failed', error: 'late' });
    expect(await collect(store.listSuperseded(id))).toEqual([]);
  });

  test('lists each run once, and all that were there, while runs are saved', async () => {
    const { id } = await createExperiment(store, { examples: 40, repetitions: 100, name: 'busy' });
    const slots = Array.from({ length: 4_000 }, (_, slot) => ({
      exampleId: `${slot % 40}`,
      repetition: Math.floor(slot / 40) + 1,
    }));
    const save = (from: number, to: number) =>
      Promise.all(
        slots.slice(from, to).map((slot) => store.saveTaskRun(successOf(id, slot.exampleId, slot.repetition))),
      );
    const before = (await save(0, 2_500)).map((run) => run.id);

    const seen: string[] = [];
    let next = 2_500;
    for await (const run of store.listTaskRuns(id)) {
      if (seen.push(run.id) % 200 === 0 && next < 4_000) await save(next, (next += 100));
    }
    const listed = new Set(seen);
    expect(listed.size).toBe(seen.length);
    expect(before.filter((runId) => !listed.has(runId))).toEqual([]);
    expect((await collect(store.listTaskRuns(id))).length).toBe(next);
  });

  test('lists more evaluations than a page holds, each once', async () => {
    const { id } = await createExperiment(store, { examples: 30, repetitions: 20, name: 'judged' });
    const slots = Array.from({ length: 600 }, (_, slot) => successOf(id, `${slot % 30}`, Math.floor(slot / 30) + 1));
    const runs = await Promise.all(slots.map((slot) => store.saveTaskRun(slot)));
    const saved = await Promise.all(
      runs.flatMap((run) =>
        ['a', 'b', 'c'].map((name, score) => store.saveEvaluationRun(evaluationOf(run, name, score))),
      ),
    );

    const listed = await collect(store.listEvaluationRuns(id));
    expect(listed.map((run) => run.id).sort()).toEqual(saved.map((run) => run.id).sort());
    const sorted = [...listed].sort(
      (one, other) =>
        Number(one.exampleId) - Number(other.exampleId) ||
        one.repetition - other.repetition ||
        (one.name < other.name ? -1 : 1),
    );
    expect(listed).toEqual(sorted);
  });

  test('holds a NUL in any text', async () => {
    const { id } = await createExperiment(store, { name: 'nul' });
    await store.saveTaskRun({ ...successOf(id, '1'), output: 'a\0b' });
    await store.saveTaskRun({ ...successOf(id, '2'), output: null, error: 'a\0b' });
    expect((await collect(store.listTaskRuns(id))).map(({ output, error }) => output ?? error)).toEqual([
      'a\0b',
      'a\0b',
    ]);
  });

  test('agrees with the memory store after any sequence of uploads', async () => {
    const letter = fc.constantFrom('a', 'b', 'c', 'd');
    const example: fc.Arbitrary<ExampleDraft> = fc.record(
      {
        id: letter,
        input: letter,
        expected: letter,
        splits: fc.uniqueArray(fc.constantFrom('easy', 'hard'), { maxLength: 2 }),
      },
      { requiredKeys: ['input'] },
    );
    const upload = fc.record({ append: fc.boolean(), examples: fc.array(example, { maxLength: 5 }) });
    let count = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(upload, { minLength: 1, maxLength: 6 }), async (uploads) => {
        const name = `uploads ${++count}`;
        const memory = createMemoryStore();
        for (const { append, examples } of uploads) {
          expect(await outcomeOf(store, name, append, examples)).toEqual(
            await outcomeOf(memory, name, append, examples),
          );
        }
        expect(await contentsOf(store, name)).toEqual(await contentsOf(memory, name));
      }),
      { seed, numRuns: 150 },
    );
  });
});

async function outcomeOf(
  catalog: Catalog,
  name: string,
  append: boolean,
  examples: readonly ExampleDraft[],
): Promise<unknown> {
  const saving = append
    ? catalog.getDataset({ name }).then(({ id }) => catalog.appendExamples(id, examples))
    : catalog.saveDataset({ name, examples });
  return saving.then(
    ({ exampleCount }) => exampleCount,
    (error: { code: string }) => error.code,
  );
}

/** Every version of a dataset with its examples, newest first. */
async function contentsOf(catalog: Catalog, name: string): Promise<unknown> {
  const dataset = await catalog.getDataset({ name }).catch(() => null);
  if (!dataset) return null;
  const versions = await collect(catalog.listVersions(dataset.id));
  return Promise.all(versions.map(({ id }) => collect(catalog.listExamples({ datasetId: dataset.id, versionId: id }))));
}
