import { createMemoryStore, streamExperiment, streamResume } from '@assay/core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { live } from '../src/index.ts';

const quick = { dataset: [{ input: 1 }, { input: 2 }, { input: 3 }], task: ({ input }: { input: number }) => input };

describe('outside of a notebook', () => {
  test('gives the experiment back, and prints its summary', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    const ran = await live(streamExperiment({ ...quick, name: 'numbers' }));
    expect(ran.summary.taskRuns.ok).toBe(3);
    expect(log.mock.calls).toEqual([[expect.stringContaining('Experiment numbers')]]);
    log.mockRestore();
  });

  test.each([
    ['a Promise', Promise.resolve(1), 'a Promise'],
    ['nothing', undefined, 'undefined'],
    ['a stream without collect', (async function* () {})(), 'object'],
  ])('refuses %s', async (_name, stream, got) => {
    const message = expect.stringContaining(`Expected what streamExperiment(…) or streamResume(…) gives, got`);
    await expect(live(stream as never)).rejects.toMatchObject({ code: 'invalid-input', message });
    await expect(live(stream as never)).rejects.toThrow(got);
  });
});

/** What a kernel was told to show. Deno's kernel is a global object with one function. */
interface Message {
  readonly type: string;
  readonly markup: string;
  readonly id: string;
}

describe('in a notebook', () => {
  const messages: Message[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    messages.length = 0;
    const broadcast = (
      type: string,
      { data, transient }: { data: Record<string, string>; transient: { display_id: string } },
    ) => {
      messages.push({ type, markup: data['text/html']!, id: transient.display_id });
      return Promise.resolve();
    };
    vi.stubGlobal('Deno', { jupyter: { broadcast } });
  });

  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const slow = (count: number) =>
    ({
      dataset: Array.from({ length: count }, (_, index) => ({ id: `row-${index}`, input: index })),
      concurrency: 1,
      task: async ({ input }: { input: number }) => {
        await new Promise((resolve) => setTimeout(resolve, 100));
        if (input % 5 === 4) throw new Error('The fifth always fails');
        return input;
      },
      retries: 0,
    }) as const;

  test('draws four times a second at most, all in one place, and leaves the summary there', async () => {
    const running = live(streamExperiment({ ...slow(20), evaluators: { even: ({ output }) => output % 2 === 0 } }));
    await vi.advanceTimersByTimeAsync(1000);
    const drawn = messages.length;
    expect(drawn).toBeGreaterThanOrEqual(4);
    expect(drawn).toBeLessThanOrEqual(6);
    const { markup } = messages.at(-1)!;
    for (const word of ['▶ running', 'of 20 runs', 'mean so far', 'The fifth always fails', 'interrupt the kernel'])
      expect(markup).toContain(word);

    await vi.runAllTimersAsync();
    await running;

    expect(messages.map(({ type }) => type)).toEqual([
      'display_data',
      ...Array<string>(messages.length - 1).fill('update_display_data'),
    ]);
    expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
    expect(messages.at(-1)!.markup).toContain('✓ 16 ok');
    expect(messages.at(-1)!.markup).toContain('✕ 4 failed');
  });

  test('an interrupt stops the run, keeps what was finished, and says how to go on', async () => {
    const store = createMemoryStore();
    const listeners = process.listenerCount('SIGINT');
    const running = live(streamExperiment({ ...slow(20), store }));
    await vi.advanceTimersByTimeAsync(450);
    process.emit('SIGINT');
    await vi.advanceTimersByTimeAsync(0);
    expect(messages.at(-1)!.markup).toContain('◼ stopping');
    await vi.runAllTimersAsync();
    const ran = await running;

    expect(ran.summary.stopped).toBe('signal');
    expect(ran.taskRuns.length).toBe(5);
    expect(messages.at(-1)!.markup).toContain(`live(streamResume({ experimentId: '${ran.id}'`);
    expect(process.listenerCount('SIGINT')).toBe(listeners);

    const resumed = live(streamResume({ store, experimentId: ran.id, task: slow(20).task }));
    await vi.runAllTimersAsync();
    expect((await resumed).taskRuns).toHaveLength(20);
  });

  test('says what a limit is waited for', async () => {
    const rateLimit = { requestsPerMinute: 60, key: 'the model' };
    const running = live(streamExperiment({ ...quick, rateLimit }));
    await vi.advanceTimersByTimeAsync(600);
    expect(messages.at(-1)!.markup).toMatch(/waiting .* for the model/s);
    await vi.runAllTimersAsync();
    await running;
  });

  test('says that it has given up on the provider while calls in flight still end', async () => {
    let end = () => {};
    const task = ({ input }: { input: number }) =>
      input === 0 ? new Promise<number>((resolve) => (end = () => resolve(0))) : Promise.reject({ status: 401 });
    const running = live(streamExperiment({ ...slow(9), concurrency: 2, task, haltAfter: 3 }));
    await vi.advanceTimersByTimeAsync(1000);
    for (const word of ['◼ stopping', 'provider failures in a row', '3</b> of 9 runs'])
      expect(messages.at(-1)!.markup).toContain(word);
    end();
    await expect(running).rejects.toMatchObject({ code: 'halted' });
  });

  test('an error that ends the run is shown in its place, and thrown', async () => {
    const store = createMemoryStore();
    const running = live(streamExperiment({ ...slow(9), store, exitOnError: true }));
    const ended = expect(running).rejects.toMatchObject({ code: 'run-failed' });
    await vi.runAllTimersAsync();
    await ended;
    expect(messages.at(-1)!.markup).toContain('✕ ended by an error');
    expect(messages.at(-1)!.markup).toContain('The fifth always fails');
  });
});
