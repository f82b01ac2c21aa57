import { AssayError } from '@assay/core';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openStore } from '../src/index.ts';
import type { JobDraft, Store } from '../src/index.ts';
import { describeInEach, describePostgres, emptyPostgres } from './fixtures/databases.ts';
import { collect, createExperiment, successOf, temporaryFolder } from './fixtures/experiment.ts';

describeInEach((openEmpty) => {
  let store: Store;
  beforeAll(async () => {
    store = await openEmpty();
  });
  afterAll(() => store.close());

  async function startJob(of: { examples?: number; repetitions?: number } = {}, changes: Partial<JobDraft> = {}) {
    const { id } = await createExperiment(store, of);
    const job = await store.jobs.create(draftOf(id, changes));
    return { id, job };
  }

  async function taken(id: string, holder = 'one') {
    const lease = (await store.jobs.take(id, holder))!;
    const saves = store.fenced({ ...lease, evaluatorNames: ['exact'] });
    return { lease, saves };
  }

  describe('a job', () => {
    test('runs from its start, with what is to be done on record', async () => {
      const { id, job } = await startJob({ examples: 4, repetitions: 2 });
      expect(job).toMatchObject({
        experimentId: id,
        status: 'RUNNING',
        token: 1,
        spec: { task: 'a' },
        evaluatorNames: ['exact'],
        maxConcurrency: 5,
        taskRuns: { expected: 8, ok: 0, failed: 0 },
        evaluations: { expected: 8, ok: 0, failed: 0 },
        inFlight: 0,
        holders: 0,
        lastError: null,
      });
      expect(await store.jobs.get(id)).toEqual(job);
    });

    test('is one for each experiment', async () => {
      const { id } = await startJob();
      await expect(store.jobs.create(draftOf(id))).rejects.toMatchObject({ code: 'conflict' });
      const { id: without } = await createExperiment(store);
      await expect(store.jobs.get(without)).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.jobs.create(draftOf('RXhwZXJpbWVudDo5OTk5'))).rejects.toMatchObject({ code: 'not-found' });
    });

    test('is stopped once, resumed once, and finished only by whoever runs it now', async () => {
      const { id } = await startJob();
      const { lease } = await taken(id);
      expect(await store.jobs.stop(id)).toMatchObject({ status: 'STOPPED' });
      await expect(store.jobs.stop(id)).rejects.toThrow(/is not running: its job is STOPPED/);
      expect(await store.jobs.finish(lease, 'COMPLETED')).toMatchObject({ status: 'STOPPED' });
      expect(await store.jobs.resume(draftOf(id, { maxConcurrency: 7 }))).toMatchObject({
        status: 'RUNNING',
        token: 3,
        maxConcurrency: 7,
      });
      await expect(store.jobs.resume(draftOf(id))).rejects.toMatchObject({ code: 'conflict' });
      expect(await store.jobs.finish(lease, 'ERROR')).toMatchObject({ status: 'RUNNING' });
      const { lease: next } = await taken(id);
      expect(await store.jobs.finish(next, 'COMPLETED')).toMatchObject({ status: 'COMPLETED' });
    });

    test('goes with its experiment', async () => {
      const { id } = await startJob();
      await store.deleteExperiment(id);
      await expect(store.jobs.get(id)).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.jobs.listStates([id])).toEqual([]);
    });
  });

  test('lists jobs from the newest down, by pages and by status', async () => {
    const own = await openEmpty();
    onTestFinished(() => own.close());
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) {
      const { id } = await createExperiment(own);
      await own.jobs.create(draftOf(id));
      ids.unshift(id);
    }
    await own.jobs.stop(ids[2]!);
    const first = await own.jobs.list({ limit: 2 });
    expect(first.items.map(({ experimentId }) => experimentId)).toEqual(ids.slice(0, 2));
    const rest = await own.jobs.list({ limit: 9, cursor: first.next! });
    expect(rest.items.map(({ experimentId }) => experimentId)).toEqual(ids.slice(2));
    expect(rest.next).toBeNull();
    const stopped = await own.jobs.list({ limit: 9, status: 'STOPPED' });
    expect(stopped.items.map(({ experimentId }) => experimentId)).toEqual([ids[2]]);
  });

  test('hides experiments of ephemeral jobs from lists, and sweeps those that are old', async () => {
    const own = await openEmpty();
    onTestFinished(() => own.close());
    const { id, datasetId } = await createExperiment(own);
    await own.jobs.create(draftOf(id, { ephemeral: true }));
    expect(await collect(own.listExperiments())).toEqual([]);
    expect(await own.nodes.listExperiments(datasetId, { limit: 9 })).toMatchObject({ items: [] });
    expect(await own.getExperiment(id)).toMatchObject({ id });
    expect(await own.jobs.sweepEphemeral(-1_000)).toBe(0);
    await own.jobs.stop(id);
    expect(await own.jobs.sweepEphemeral(60_000)).toBe(0);
    expect(await own.jobs.sweepEphemeral(-1_000)).toBe(1);
    await expect(own.getExperiment(id)).rejects.toMatchObject({ code: 'not-found' });
  });

  describe('a lease', () => {
    test('is given to one, and the job to another only when it is given back', async () => {
      const { id } = await startJob();
      const tries = await Promise.all(['one', 'two', 'three'].map((holder) => store.jobs.take(id, holder)));
      const [lease, ...others] = tries.filter((given) => given !== null);
      expect(others).toEqual([]);
      expect(await store.jobs.listTakeable(1_000)).not.toContain(id);
      await store.jobs.release(lease!);
      expect(await store.jobs.listTakeable(1_000)).toContain(id);
      expect(await store.jobs.take(id, 'four')).toMatchObject({ token: lease!.token + 1 });
    });

    test('shows which jobs are held, and under which token', async () => {
      const { id } = await startJob();
      const held = async () => (await store.jobs.listHeld(1_000)).find(({ experimentId }) => experimentId === id);
      expect(await held()).toBeUndefined();
      const { lease } = await taken(id);
      expect(await held()).toEqual({ experimentId: id, token: lease.token });
      await store.jobs.stop(id);
      expect(await held()).toBeUndefined();
      await store.jobs.resume(draftOf(id));
      // Whoever held it before does not hold it now.
      expect(await held()).toBeUndefined();
    });

    test('is shared by those who join, while the job runs under their token', async () => {
      const { id } = await startJob();
      const { lease } = await taken(id);
      expect(await store.jobs.join({ ...lease, holder: 'two' })).toBe(true);
      expect(await store.jobs.listStates([id])).toMatchObject([{ holders: 2, status: 'RUNNING', token: lease.token }]);
      expect(await store.jobs.join({ ...lease, token: lease.token - 1, holder: 'three' })).toBe(false);
      await store.jobs.stop(id);
      expect(await store.jobs.join({ ...lease, holder: 'three' })).toBe(false);
    });

    test('says at each renewal how many calls are in flight, and is lost once it is given back', async () => {
      const { id } = await startJob();
      const { lease } = await taken(id);
      expect(await store.jobs.renew([{ ...lease, inFlight: 3 }])).toEqual([lease]);
      expect(await store.jobs.get(id)).toMatchObject({ inFlight: 3, holders: 1 });
      await store.jobs.release(lease);
      expect(await store.jobs.renew([{ ...lease, inFlight: 3 }])).toEqual([]);
      expect(await store.jobs.get(id)).toMatchObject({ inFlight: 0, holders: 0 });
    });
  });

  describe('fenced saves', () => {
    test('are counted as they are saved', async () => {
      const { id } = await startJob({ examples: 3 });
      const { saves } = await taken(id);
      const run = await saves.saveTaskRun(successOf(id, '0'));
      await saves.saveTaskRun(failureOf(id, '1'));
      await saves.saveTaskRun(failureOf(id, '2'));
      await saves.saveTaskRun(successOf(id, '2'));
      await expect(saves.saveTaskRun(successOf(id, '2'))).rejects.toMatchObject({ code: 'conflict' });
      await saves.saveEvaluationRun(verdictOf(run, { status: 'failed', score: null, error: 'no' }));
      expect(await store.jobs.get(id)).toMatchObject({
        taskRuns: { expected: 3, ok: 2, failed: 1 },
        evaluations: { ok: 0, failed: 1 },
      });
      await saves.saveEvaluationRun(verdictOf(run));
      await saves.saveEvaluationRun(verdictOf(run, { name: 'other' }));
      expect(await store.jobs.get(id)).toMatchObject({ evaluations: { ok: 1, failed: 0 } });
    });

    test('count several results of one evaluator once', async () => {
      const { id } = await startJob({ examples: 1 });
      const { saves } = await taken(id);
      const run = await saves.saveTaskRun(successOf(id, '0'));
      const metadata = { 'assay.parts': ['a', 'b'] };
      for (const name of ['exact/a', 'exact/b']) await saves.saveEvaluationRun(verdictOf(run, { name, metadata }));
      const counts = { evaluations: { expected: 1, ok: 1, failed: 0 } };
      expect(await store.jobs.get(id)).toMatchObject(counts);
      await store.jobs.stop(id);
      expect(await store.jobs.resume(draftOf(id))).toMatchObject(counts);
    });

    test('with an old token are kept if they are a success where nothing better stands', async () => {
      const { id } = await startJob({ examples: 4 });
      const dropped: string[] = [];
      const { lease, saves } = await taken(id);
      const late = store.fenced({ ...lease, evaluatorNames: ['exact'], onDropped: (what) => dropped.push(what) });
      await saves.saveTaskRun(failureOf(id, '0'));
      const judged = await saves.saveTaskRun(successOf(id, '3'));
      await store.jobs.release(lease);
      const { saves: current } = await taken(id, 'two');
      const standing = await current.saveTaskRun(successOf(id, '1'));
      const verdict = await current.saveEvaluationRun(verdictOf(judged, { score: 0.25 }));

      expect(await late.saveTaskRun(successOf(id, '0'))).toMatchObject({ error: null });
      await expect(late.saveTaskRun({ ...successOf(id, '1'), output: 'late' })).rejects.toMatchObject({
        existing: standing,
      });
      expect(await late.saveTaskRun(failureOf(id, '2'))).toMatchObject({ id: '', error: 'overloaded' });
      expect(await late.saveEvaluationRun(verdictOf(judged, { score: 0.75 }))).toEqual(verdict);
      const failed = { status: 'failed', score: null, error: 'late' };
      expect(await late.saveEvaluationRun(verdictOf(standing, failed))).toMatchObject({ id: '' });
      expect(await late.saveEvaluationRun(verdictOf(standing))).toMatchObject({ score: 1 });

      expect(dropped).toHaveLength(2);
      expect((await collect(store.listTaskRuns(id))).map(({ exampleId, error }) => [exampleId, error])).toEqual([
        ['0', null],
        ['1', null],
        ['3', null],
      ]);
      expect(await store.jobs.get(id)).toMatchObject({
        taskRuns: { ok: 3, failed: 0 },
        evaluations: { ok: 2, failed: 0 },
      });
    });

    test('put their epoch on the record that they replace', async () => {
      const { id } = await startJob();
      const { lease, saves } = await taken(id);
      await saves.saveTaskRun(failureOf(id, '0'));
      await saves.saveTaskRun(successOf(id, '0'));
      expect(await collect(store.listSuperseded(id))).toMatchObject([{ epoch: lease.token }]);
    });
  });

  test('counts what others have saved when a job is made or resumed', async () => {
    const { id } = await createExperiment(store, { examples: 3 });
    const run = await store.saveTaskRun(successOf(id, '0'));
    await store.saveTaskRun(failureOf(id, '1'));
    await store.saveEvaluationRun(verdictOf(run));
    const counts = { taskRuns: { ok: 1, failed: 1 }, evaluations: { ok: 1, failed: 0 } };
    expect(await store.jobs.create(draftOf(id))).toMatchObject(counts);
    await store.jobs.stop(id);
    await store.saveTaskRun(successOf(id, '2'));
    expect(await store.jobs.resume(draftOf(id))).toMatchObject({ ...counts, taskRuns: { ok: 2, failed: 1 } });
  });

  test('keeps the errors of a job, newest first, through a resume', async () => {
    const { id } = await startJob();
    const errorOf = (number: number) =>
      ({
        occurredAt: new Date(1_790_000_000_000 + number),
        kind: 'task',
        exampleId: `${number}`,
        repetition: 1,
        evaluator: null,
        message: `error ${number}`,
      }) as const;
    await store.jobs.addErrors(id, [errorOf(0), errorOf(1)]);
    await store.jobs.stop(id);
    await store.jobs.resume(draftOf(id));
    await store.jobs.addErrors(id, [errorOf(2)]);
    const first = await store.jobs.listErrors(id, { limit: 2 });
    expect(first.items).toEqual([errorOf(2), errorOf(1)]);
    expect(await store.jobs.listErrors(id, { limit: 2, cursor: first.next! })).toEqual({
      items: [errorOf(0)],
      next: null,
    });
    expect((await store.jobs.get(id)).lastError).toEqual(errorOf(2));
  });

  test('say what ended a job in ERROR, also when more went wrong after it, and the newest once it is resumed', async () => {
    const { id } = await createExperiment(store);
    await store.jobs.create(draftOf(id));
    const lease = (await store.jobs.take(id, 'me'))!;
    const none = { exampleId: null, repetition: null, evaluator: null };
    const why = { ...none, occurredAt: new Date(1_000), kind: 'experiment', message: 'Halted' } as const;
    const run = { ...none, occurredAt: new Date(2_000), kind: 'task', exampleId: '0', message: 'overloaded' } as const;
    await store.jobs.addErrors(id, [why]);
    await store.jobs.finish(lease, 'ERROR');
    await store.jobs.addErrors(id, [run]);
    expect((await store.jobs.get(id)).lastError).toEqual(why);
    expect((await store.jobs.listErrors(id, { limit: 5 })).items).toEqual([run, why]);
    await store.jobs.resume(draftOf(id));
    expect((await store.jobs.get(id)).lastError).toEqual(run);
  });

  test('lists examples with something left to do, in pages and ranges', async () => {
    const { id } = await createExperiment(store, { examples: 6, repetitions: 2 });
    const done = await store.saveTaskRun(successOf(id, '0', 1));
    await store.saveTaskRun(successOf(id, '0', 2));
    await store.saveTaskRun(successOf(id, '1', 1));
    const idsOf = async (of: Partial<Parameters<Store['jobs']['listUnfinished']>[1]> = {}) => {
      const page = { evaluatorNames: [], withTask: true, limit: 100, ...of };
      return (await store.jobs.listUnfinished(id, page)).examples.map((example) => example.id);
    };
    expect(await idsOf()).toEqual(['1', '2', '3', '4', '5']);
    expect(await idsOf({ withTask: false })).toEqual([]);
    expect(await idsOf({ withTask: false, evaluatorNames: ['exact'] })).toEqual(['0', '1']);
    await store.saveEvaluationRun(verdictOf(done));
    expect(await idsOf({ evaluatorNames: ['exact'] })).toEqual(['0', '1', '2', '3', '4', '5']);

    const all = { evaluatorNames: [], withTask: true };
    const first = await store.jobs.listUnfinished(id, { ...all, limit: 2 });
    const second = await store.jobs.listUnfinished(id, { ...all, limit: 2, after: first.last! });
    expect(second.examples.map((example) => example.id)).toEqual(['3', '4']);
    expect(await idsOf({ upTo: first.last! })).toEqual(['1', '2']);
    expect(await store.jobs.listUnfinished(id, { ...all, limit: 9, after: second.last! })).toMatchObject({
      last: null,
    });
  });

  test('cuts what is left to do into shards of so many examples', async () => {
    const { id } = await createExperiment(store, { examples: 7 });
    await store.saveTaskRun(successOf(id, '2'));
    const all = { evaluatorNames: [], withTask: true };
    const shards = await store.jobs.listShards(id, { ...all, size: 3 });
    const examples = await Promise.all(
      shards.map(async (range) => (await store.jobs.listUnfinished(id, { ...all, ...range, limit: 9 })).examples),
    );
    expect(examples.map((shard) => shard.map((example) => example.id))).toEqual([
      ['0', '1', '3'],
      ['4', '5', '6'],
    ]);
    expect(await store.jobs.listShards(id, { ...all, size: Number.MAX_SAFE_INTEGER })).toHaveLength(1);
    expect(await store.jobs.listShards(id, { ...all, withTask: false, size: 3 })).toEqual([]);
  });
});

describe('the jobs of a file', () => {
  test('have leases that lapse by the clock of the database', async () => {
    const path = join(temporaryFolder(), 'lapsed.db');
    await using own = await openStore(`file:${path}`);
    const { id } = await createExperiment(own);
    await own.jobs.create(draftOf(id));
    await own.jobs.take(id, 'one');
    expect(await own.jobs.listTakeable(9)).toEqual([]);
    const database = new DatabaseSync(path);
    database.exec('UPDATE job_holders SET lease_until = lease_until - 11000000');
    database.close();
    expect(await own.jobs.listTakeable(9)).toEqual([id]);
    expect(await own.jobs.take(id, 'two')).toMatchObject({ token: 3 });
  });

  test('void the leases that a former owner left, but none of a job that a process carries out', async () => {
    const path = join(temporaryFolder(), 'left.db');
    await using store = await openStore(`file:${path}`);
    const [served, run] = await Promise.all([createExperiment(store), createExperiment(store)]);
    await store.jobs.create(draftOf(served.id));
    await store.jobs.create(draftOf(run.id, { runner: 'process' }));
    expect(await store.jobs.listTakeable(1_000)).toEqual([served.id]);
    const leases = [(await store.jobs.take(served.id, 'one'))!, (await store.jobs.take(run.id, 'two'))!];
    await (await store.jobs.own()).release();
    expect(await store.jobs.renew(leases.map((lease) => ({ ...lease, inFlight: 0 })))).toEqual([leases[1]]);
  });

  test('are owned by one at a time, who is named', async () => {
    const path = join(temporaryFolder(), 'owned.db');
    await using first = await openStore(`file:${path}`);
    await using second = await openStore(`file:${path}`);
    const ownership = await first.jobs.own();
    const refused: unknown = await second.jobs.own().catch((error: unknown) => error);
    expect(AssayError.is(refused) && refused.code).toBe('conflict');
    expect(String(refused)).toContain(`process ${process.pid}`);
    await second.saveDataset({ name: 'still written to', examples: [{ input: 1 }] });
    await ownership.release();
    await (await second.jobs.own()).release();
  });

  test('can be owned again once their owner was killed', async () => {
    const path = join(temporaryFolder(), 'killed.db');
    const source = new URL('../src/job-owner.ts', import.meta.url).href;
    const code = `const { ownJobsOf } = await import('${source}'); ownJobsOf(process.argv[1]); console.log('owned'); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '-e', code, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void owner.kill('SIGKILL'));
    await once(owner.stdout, 'data');
    await using store = await openStore(`file:${path}`);
    await expect(store.jobs.own()).rejects.toThrow(`process ${owner.pid}`);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await (await store.jobs.own()).release();
  });
});

describePostgres('the jobs of a PostgreSQL database', () => {
  test('are owned by every server, and void no lease of another', async () => {
    await using store = await openStore(emptyPostgres());
    const { id } = await createExperiment(store);
    await store.jobs.create(draftOf(id));
    await store.jobs.own();
    const lease = (await store.jobs.take(id, 'one'))!;
    await (await store.jobs.own()).release();
    expect(await store.jobs.renew([{ ...lease, inFlight: 1 }])).toEqual([lease]);
  });
});

function draftOf(experimentId: string, changes: Partial<JobDraft> = {}): JobDraft {
  const usual = { spec: { task: 'a' }, evaluatorNames: ['exact'], maxConcurrency: 5, ephemeral: false } as const;
  return { experimentId, runner: 'server', ...usual, ...changes };
}

function failureOf(id: string, exampleId: string) {
  return { ...successOf(id, exampleId), output: null, error: 'overloaded' };
}

function verdictOf(run: { id: string; experimentId: string; exampleId: string; repetition: number }, changes = {}) {
  const { output: _output, ...call } = successOf(run.experimentId, run.exampleId);
  const verdict = { kind: 'CODE', direction: 'maximize', status: 'ok', score: 1, label: null } as const;
  return { ...call, ...verdict, taskRunId: run.id, name: 'exact', explanation: null, metadata: {}, ...changes };
}
