import { globalId } from '@assay/store';
import { describe, expect, test } from 'vitest';
import { ShardQueue } from '../../src/jobs/shard-queue.ts';
import { logger, newSchema, openQueues, openStoreOf, postgresUrl, shards } from '../fixtures/shards.ts';

const job = { experimentId: globalId('Experiment', 7), token: 3 };

describe.skipIf(postgresUrl === null)('shards in a queue', () => {
  test('are handed out once each, from the first, and counted when they are complete', async () => {
    const { one, other } = await openQueues();
    expect(await one.fetch(job)).toBeNull();
    await one.plan(job, shards);
    const held = [await other.fetch(job), await one.fetch(job), await other.fetch(job)];
    expect(held.map((shard) => shard!.range)).toEqual(shards);
    expect(held[0]).toMatchObject({ of: 3 });
    expect(await one.fetch(job)).toBeNull();
    await other.complete(held[0]!);
    await one.complete(held[1]!);
    expect(await other.countComplete(job)).toBe(2);
    expect(await one.fetch(job)).toBeNull();
  });

  test('are not doubled by a plan that is made twice', async () => {
    const { one, other } = await openQueues();
    await one.plan(job, shards);
    const held = (await one.fetch(job))!;
    await one.complete(held);
    await other.plan(job, shards);
    expect(await one.countComplete(job)).toBe(1);
    expect((await one.fetch(job))!.range).toEqual(shards[1]);
  });

  test('are given only to those who carry the job out under the same token', async () => {
    const { one, other } = await openQueues();
    await one.plan(job, shards);
    const later = { ...job, token: job.token + 1 };
    expect(await other.fetch(later)).toBeNull();
    await other.plan(later, shards.slice(1));
    expect((await one.fetch(later))!.range).toEqual(shards[1]);
    expect(await one.list()).toEqual(expect.arrayContaining([job, later]));
    await one.forget(job);
    expect(await one.list()).toEqual([later]);
    // Even by one that has known the queue.
    expect(await one.fetch(job)).toBeNull();
  });

  test("are another's at once when they are given back", async () => {
    const { one, other } = await openQueues();
    await one.plan(job, shards.slice(0, 1));
    const held = (await one.fetch(job))!;
    expect(await other.fetch(job)).toBeNull();
    await one.giveBack(held);
    expect(await one.keep(held)).toBe(false);
    const next = (await other.fetch(job))!;
    expect(next.range).toEqual(shards[0]);
    await one.complete(held);
    await one.giveBack(held);
    expect(await other.keep(next)).toBe(true);
    expect(await one.countComplete(job)).toBe(0);
  });

  test("are another's when nobody has said for 10 s that they are worked on, however long that takes", async () => {
    const { one, other, sql } = await openQueues();
    await one.plan(job, shards.slice(0, 1));
    const held = (await one.fetch(job))!;
    const hoursAgo = (hours: number, column: string) =>
      sql(`UPDATE SHARDS.job SET ${column} = ${column} - interval '${hours} hours' WHERE state = 'active'`);

    await hoursAgo(24 * 365, 'started_on');
    await other.takeBack();
    expect(await other.fetch(job)).toBeNull();
    expect(await one.keep(held)).toBe(true);

    await hoursAgo(1, 'heartbeat_on');
    const taken = async () => {
      await other.takeBack();
      return other.fetch(job);
    };
    // It looks once a second.
    await expect.poll(taken, { timeout: 10_000 }).toMatchObject({ range: shards[0] });
    expect(await one.keep(held)).toBe(false);
  });

  test('are missed by nobody when their tables are dropped, and are planned in new ones', async () => {
    const { one, other, sql } = await openQueues();
    await one.plan(job, shards);
    const held = (await one.fetch(job))!;
    await sql('DROP SCHEMA SHARDS CASCADE');
    expect(await one.fetch(job)).toBeNull();
    expect(await one.keep(held)).toBe(false);
    await one.complete(held);
    await one.giveBack(held);
    await other.takeBack();
    expect(await other.list()).toEqual([]);
    expect(await one.countComplete(job)).toBe(0);

    const later = { ...job, token: job.token + 1 };
    await Promise.all([one.plan(later, shards), other.plan(later, shards)]);
    expect((await one.fetch(later))!.range).toEqual(shards[0]);
    expect((await other.fetch(later))!.range).toEqual(shards[1]);
    expect(await one.fetch(job)).toBeNull();
  });

  test('come to be when many servers start on a new database at once', async () => {
    const url = `${postgresUrl}?schema=${newSchema()}`;
    const stores = await Promise.all(Array.from({ length: 6 }, () => openStoreOf(url)));
    const queues = await Promise.all(stores.map((store) => ShardQueue.open(store.postgres!, logger)));
    await queues[0]!.plan(job, shards);
    expect((await queues[5]!.fetch(job))!.range).toEqual(shards[0]);
    await Promise.all(queues.map((queue) => queue.close()));
  });

  test('are not shared by stores of other schemas', async () => {
    const [{ one }, { one: elsewhere }] = [await openQueues(), await openQueues()];
    await one.plan(job, shards);
    expect(await elsewhere.fetch(job)).toBeNull();
    expect(await elsewhere.list()).toEqual([]);
  });

  test('take the longest name of a store’s schema', async () => {
    const { one } = await openQueues(newSchema().padEnd(48, '_'));
    await one.plan(job, shards);
    expect((await one.fetch(job))!.range).toEqual(shards[0]);
  });

  test('need the right to make their schema, or one that is there', async () => {
    const schema = newSchema();
    const admin = (await openStoreOf(`${postgresUrl}?schema=${newSchema()}`)).postgres!;
    await admin.executeSql(`CREATE ROLE ${schema} LOGIN; CREATE SCHEMA ${schema} AUTHORIZATION ${schema}`);
    const url = new URL(postgresUrl!);
    url.username = schema;
    const store = await openStoreOf(`${url.href}?schema=${schema}`);
    await expect(ShardQueue.open(store.postgres!, logger)).rejects.toMatchObject({
      code: 'unauthorized',
      message: expect.stringContaining(`${schema}_q`),
    });
    await admin.executeSql(`CREATE SCHEMA ${schema}_q AUTHORIZATION ${schema}`);
    const queue = await ShardQueue.open(store.postgres!, logger);
    await queue.plan(job, shards);
    expect((await queue.fetch(job))!.range).toEqual(shards[0]);
    await queue.close();
  });
});
