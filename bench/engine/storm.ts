/**
 * A storm of refusals: who gets the most of a limit that nobody told? The provider lets 20 calls a second in, with a
 * burst of 20; 400 calls at concurrency 10. Our bucket against Bottleneck, both steered by the same controller: after
 * every answer Bottleneck's `minTime` is set to the rate that our bucket would use.
 *
 *   node bench/engine/storm.ts
 */
import { runExperiment } from '@assay/core';
import Bottleneck from 'bottleneck';
import { AdaptiveBucket } from '../../packages/core/src/bucket.ts';
import { printTable } from '../table.ts';

const rate = 20;
const burst = 20;
const calls = 400;
const concurrency = 10;
const ideal = (calls - burst) / rate;

/** A provider that refuses beyond its limit, and counts the refusals after its first second. */
function createProvider(latencyMs: number) {
  let tokens = burst;
  let filledAt = performance.now();
  const begun = filledAt;
  const counts = { refused: 0, refusedLater: 0 };
  const call = async (): Promise<void> => {
    const now = performance.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * rate);
    filledAt = now;
    if (tokens < 1) {
      counts.refused += 1;
      if (now - begun > 1000) counts.refusedLater += 1;
      throw Object.assign(new Error('Too many requests'), { status: 429 });
    }
    tokens -= 1;
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
  };
  return { call, counts };
}

async function withAssay(latencyMs: number) {
  const { call, counts } = createProvider(latencyMs);
  const dataset = Array.from({ length: calls }, (_, index) => ({ id: `call-${index}`, input: index }));
  const started = performance.now();
  const { summary } = await runExperiment({ dataset, task: call, concurrency, printSummary: false });
  if (summary.taskRuns.ok !== calls) throw new Error(`Only ${summary.taskRuns.ok} of ${calls} calls came through`);
  return { seconds: (performance.now() - started) / 1000, ...counts };
}

async function withBottleneck(latencyMs: number) {
  const { call, counts } = createProvider(latencyMs);
  const controller = new AdaptiveBucket(Infinity);
  const pacer = new Bottleneck();
  const steer = (): unknown =>
    pacer.updateSettings({ minTime: controller.rate === Infinity ? 0 : 1000 / controller.rate });
  const once = async (): Promise<boolean> => {
    const startedAt = performance.now();
    controller.take(startedAt);
    try {
      await call();
      controller.accepted(startedAt, performance.now());
      return true;
    } catch {
      controller.refused(startedAt, performance.now(), null);
      return false;
    } finally {
      steer();
    }
  };
  const started = performance.now();
  let left = calls;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      while (!(await pacer.schedule(once)));
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
  return { seconds: (performance.now() - started) / 1000, ...counts };
}

const rows = [];
for (const latencyMs of [50, 200]) {
  for (const [name, run] of [
    ['Assay', withAssay],
    ['Bottleneck 2.19.5', withBottleneck],
  ] as const) {
    const { seconds, refused, refusedLater } = await run(latencyMs);
    rows.push({
      pacer: name,
      'latency ms': latencyMs,
      seconds: seconds.toFixed(1),
      'goodput %': ((100 * ideal) / seconds).toFixed(1),
      refused,
      'refused after 1 s %': ((100 * refusedLater) / calls).toFixed(1),
    });
  }
}
printTable(
  `429 storm: ${calls} calls, provider ${rate}/s with a burst of ${burst}, concurrency ${concurrency}, ideal ${ideal} s`,
  rows,
);
