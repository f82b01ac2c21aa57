import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runExperiment } from '../src/run.ts';
import { seededRandom } from '../src/sample.ts';
import { numbered } from './fixtures/examples.ts';
import { after } from './fixtures/waiting.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** A provider of 20 calls a second with a burst of 20, which refuses the others quickly, on the faked clock. */
function createProvider(seed: number) {
  const random = seededRandom(seed);
  const begun = performance.now();
  let tokens = 20;
  let refilledAt = begun;
  const seen = { first: 0, late: 0, refused: 0 };
  const call = async (): Promise<string> => {
    const now = performance.now();
    tokens = Math.min(20, tokens + ((now - refilledAt) / 1000) * 20);
    refilledAt = now;
    const isLate = now - begun >= 1000;
    if (isLate) seen.late += 1;
    if (tokens < 1) {
      if (isLate) seen.refused += 1;
      else seen.first += 1;
      await after(10, null);
      throw Object.assign(new Error('slow down'), { status: 429 });
    }
    tokens -= 1;
    return after(Math.round(10 + random() * 390), 'done');
  };
  return { call, seen };
}

test('a 429 storm costs at most 5 % of the goodput and 2 % of refused calls, and no run', async () => {
  const figures = [];
  for (let seed = 1; seed <= 9; seed += 1) {
    const { call, seen } = createProvider(seed);
    const begun = performance.now();
    const running = runExperiment({
      printSummary: false,
      dataset: numbered(400),
      concurrency: 10,
      retries: 0,
      task: call,
    });
    await vi.runAllTimersAsync();
    expect((await running).summary.taskRuns).toMatchObject({ ok: 400, failed: 0 });
    figures.push({ goodput: 19_000 / (performance.now() - begun), refused: seen.refused / seen.late });
  }
  const middle = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[4]!;
  expect(middle(figures.map(({ goodput }) => goodput))).toBeGreaterThanOrEqual(0.95);
  expect(middle(figures.map(({ refused }) => refused))).toBeLessThanOrEqual(0.02);
});
