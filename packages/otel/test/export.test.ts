import { runExperiment } from '@assay/core';
import { expect, test } from 'vitest';
import { createTracer } from '../src/index.ts';
import { startCollector } from './fixtures/collector.ts';
import { quiet } from './fixtures/recorded.ts';

const dataset = Array.from({ length: 3 }, (_, index) => ({ input: index }));
const task = ({ input }: { input: number }) => input;

test('sends the traces by protobuf over HTTP before the run returns', async () => {
  await using collector = await startCollector();
  await using tracer = createTracer({ endpoint: collector.endpoint, headers: { 'X-Space': 'mine' } });
  const { warnings } = await runExperiment({ ...quiet, dataset, tracer, task });

  expect(warnings).toEqual([]);
  expect(collector.posts).toMatchObject([
    { path: '/v1/traces', headers: { 'content-type': 'application/x-protobuf', 'x-space': 'mine' } },
  ]);
  expect(collector.posts[0]!.bytes).toBeGreaterThan(500);
});

test('serves one experiment after the other', async () => {
  await using collector = await startCollector();
  await using tracer = createTracer({ endpoint: `${collector.endpoint}/v1/traces` });
  await runExperiment({ ...quiet, dataset, tracer, task });
  await runExperiment({ ...quiet, dataset, tracer, task });
  expect(collector.posts).toHaveLength(2);
});

test('sends nothing when nothing is run', async () => {
  await using collector = await startCollector();
  await createTracer({ endpoint: collector.endpoint }).shutdown();
  expect(collector.posts).toEqual([]);
});

test('warns of a collector that refuses, without the headers that were sent', async () => {
  await using collector = await startCollector((response) => response.writeHead(401).end('no'));
  const tracer = createTracer({ endpoint: collector.endpoint, headers: { authorization: 'Bearer secret' } });
  const ran = await runExperiment({ ...quiet, dataset, tracer, task });

  expect(ran.summary.taskRuns.ok).toBe(3);
  expect(ran.warnings).toEqual([
    `Traces could not be handed over: 3 spans did not reach ${collector.endpoint}/v1/traces: it answered 401 Unauthorized`,
  ]);
});

test('warns of a collector that is down, and delays the end no longer than it may', async () => {
  const collector = await startCollector();
  await collector[Symbol.asyncDispose]();
  const tracer = createTracer({ endpoint: collector.endpoint, flushTimeoutMs: 300 });
  const ran = await runExperiment({ ...quiet, dataset, tracer, task });

  expect(ran.taskRuns.map(({ output }) => output)).toEqual([0, 1, 2]);
  expect(ran.taskRuns[0]!.traceId).toMatch(/^[0-9a-f]{32}$/);
  expect(ran.warnings).toEqual([
    expect.stringMatching(/^Traces could not be handed over: 3 spans did not reach http:\/\/127/),
  ]);
});

test('warns of a collector that never answers', async () => {
  await using collector = await startCollector(() => {});
  const tracer = createTracer({ endpoint: collector.endpoint, flushTimeoutMs: 100 });
  const ran = await runExperiment({ ...quiet, dataset, tracer, task });
  expect(ran.summary.taskRuns.ok).toBe(3);
  expect(ran.warnings).toEqual([expect.stringContaining('3 spans did not reach')]);
});

test('loses no count of spans and no result while a collector hangs', async () => {
  await using collector = await startCollector(() => {});
  const tracer = createTracer({ endpoint: collector.endpoint, flushTimeoutMs: 100 });
  const many = Array.from({ length: 10_000 }, (_, index) => ({ input: index }));
  const ran = await runExperiment({ ...quiet, dataset: many, tracer, task });
  expect(ran.summary.taskRuns.ok).toBe(10_000);
  expect(ran.warnings).toEqual([expect.stringContaining(': 10000 spans did not reach ')]);
});

test('tells of what is lost once, and is well again when its collector is', async () => {
  let status = 400;
  await using collector = await startCollector((response) => response.writeHead(status).end());
  const tracer = createTracer({ endpoint: collector.endpoint });
  const first = await runExperiment({ ...quiet, dataset, tracer, task });
  status = 200;
  const second = await runExperiment({ ...quiet, dataset, tracer, task });
  expect([first.warnings.length, second.warnings.length]).toEqual([1, 0]);
});
