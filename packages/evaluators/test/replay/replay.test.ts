import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStore, resumeExperiment, runExperiment, type TaskParams } from '@assay/core';
import { openStore } from '@assay/store';
import { generateText, Output, streamText } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type CallCache, correctness, createCallCache, createReplay } from '../../src/index.ts';
import { type Provider, type Reply, startProvider } from '../provider.ts';
import { startStreamer } from './streamer.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const quiet = { printSummary: false } as const;
const dataset = [
  { id: 'peru', input: 'Capital of Peru?', expected: 'Lima' },
  { id: 'chad', input: 'Capital of Chad?', expected: 'N’Djamena' },
];
const answer = (text: string): Reply => ({ text, usage: { promptTokens: 10, completionTokens: 2 } });

/** Texts that the provider gives one after the other. */
const numbered = (count: number): Reply[] => Array.from({ length: count }, (_, index) => answer(`answer ${index + 1}`));

describe('an experiment that is run again', () => {
  test('makes no call, gives the same answers, and has neither latency nor cost', async () => {
    const model = await provider.model(...numbered(9));
    const replay = createReplay({ cache: createCallCache() });
    const run = () =>
      runExperiment({
        ...quiet,
        dataset,
        task: async (call) => {
          const { text, usage } = await generateText({ model: replay(model, call), prompt: call.input });
          call.reportUsage({
            promptTokens: usage.inputTokens,
            completionTokens: usage.outputTokens,
            costUsd: 0.01 * (usage.totalTokens ?? 0),
          });
          return text;
        },
      });
    const first = await run();
    const second = await run();

    expect(await provider.requests(model)).toHaveLength(2);
    expect(second.taskRuns.map(({ output }) => output)).toEqual(first.taskRuns.map(({ output }) => output));
    expect(first.taskRuns[0]).toMatchObject({ usage: { promptTokens: 10, completionTokens: 2 } });
    expect(first.taskRuns[0]?.usage).not.toHaveProperty('replayedCalls');
    expect(first.summary.latencyMs.p50).not.toBeNull();
    for (const { latencyMs, usage } of second.taskRuns) {
      expect(latencyMs).toBeNull();
      expect(usage).toMatchObject({ promptTokens: null, completionTokens: null, replayedCalls: 1 });
    }
    expect(second.summary.latencyMs).toEqual({ p50: null, p90: null, p99: null });
    expect(second.summary.usage.task).toMatchObject({ promptTokens: null, replayedCalls: 2 });
  });

  test('keeps its answers in the store, beside its records, and marks them there', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-replay-'));
    const url = `file:${join(folder, 'assay.db')}`;
    const model = await provider.model(...numbered(9));
    const run = async () => {
      await using store = await openStore(url);
      const replay = createReplay({ cache: store.calls });
      const { id } = await runExperiment({
        ...quiet,
        store,
        dataset,
        task: async (call) => (await generateText({ model: replay(model, call), prompt: call.input })).text,
      });
      const runs = [];
      for await (const taskRun of store.listTaskRuns(id)) runs.push(taskRun);
      return runs;
    };
    const first = await run();
    const second = await run();
    rmSync(folder, { recursive: true });

    expect(await provider.requests(model)).toHaveLength(2);
    expect(first.map(({ usage }) => usage)).toEqual([null, null]);
    expect(second.map(({ latencyMs, usage }) => [latencyMs, usage?.replayedCalls])).toEqual([
      [null, 1],
      [null, 1],
    ]);
  });

  test('asks anew when the task, the model, the prompt, a setting or the form of the answer is another', async () => {
    const model = await provider.model(...numbered(99));
    const other = await provider.model(...numbered(99));
    const replay = createReplay({ cache: createCallCache() });
    const asked = async (): Promise<number> =>
      (await provider.requests(model)).length + (await provider.requests(other)).length;
    const run = (task: Parameters<typeof runExperiment>[0]['task']) => runExperiment({ ...quiet, dataset, task });
    const prompt = 'Hello';

    await run((call) => generateText({ model: replay(model, call), prompt }).then(({ text }) => text));
    expect(await asked(), 'examples whose call is the same share it').toBe(1);
    await run((call) => generateText({ model: replay(model, call), prompt }).then(({ text }) => `${text}!`));
    expect(await asked(), 'another task').toBe(2);

    const calls = [
      () => generateText({ model: replay(model), prompt }),
      () => generateText({ model: replay(other), prompt }),
      () => generateText({ model: replay(model), prompt: 'Hello?' }),
      () => generateText({ model: replay(model), prompt, temperature: 0 }),
      () => generateText({ model: replay(model), prompt, output: Output.json() }).catch(() => null),
      () =>
        generateText({
          model: replay(model),
          prompt,
          tools: { weather: { inputSchema: z.object({ city: z.string() }), description: 'The weather' } },
        }),
    ];
    for (const call of calls) await call();
    expect(await asked()).toBe(2 + calls.length);
  });

  test('has an answer of its own for each repetition, unless they are to share', async () => {
    const run = async (shareRepetitions: boolean) => {
      const model = await provider.model(...numbered(20));
      const replay = createReplay({ cache: createCallCache(), shareRepetitions });
      const again = () =>
        runExperiment({
          ...quiet,
          dataset: dataset.slice(0, 1),
          repetitions: 3,
          concurrency: 1,
          task: async (call) => (await generateText({ model: replay(model, call), prompt: call.input })).text,
        });
      const outputs = [await again(), await again()].map(({ taskRuns }) => taskRuns.map(({ output }) => output));
      return { outputs, requests: (await provider.requests(model)).length };
    };
    const own = ['answer 1', 'answer 2', 'answer 3'];
    expect(await run(false)).toEqual({ outputs: [own, own], requests: 3 });
    const shared = ['answer 1', 'answer 1', 'answer 1'];
    expect(await run(true)).toEqual({ outputs: [shared, shared], requests: 1 });
  });

  test('gives equal calls of one run, and its attempts, their own answers, the same ones each time', async () => {
    const model = await provider.model(...numbered(20));
    const replay = createReplay({ cache: createCallCache(), namespace: 'votes' });
    const again = () =>
      runExperiment({
        ...quiet,
        dataset: dataset.slice(0, 1),
        task: async (call) => {
          const ask = () => generateText({ model: replay(model, call), prompt: 'Vote' }).then(({ text }) => text);
          const votes = await Promise.all([ask(), ask(), ask()]);
          if (call.attempt === 1) throw new Error('no majority');
          return votes.sort();
        },
      });
    const [first, second] = [await again(), await again()];
    expect(new Set(first.taskRuns[0]!.output as string[]).size).toBe(3);
    expect(second.taskRuns[0]!.output).toEqual(first.taskRuns[0]!.output);
    expect(second.taskRuns[0]).toMatchObject({ attempts: 2, usage: { replayedCalls: 6 } });
    expect(await provider.requests(model)).toHaveLength(6);
  });

  test('does not keep an error, and asks again', async () => {
    const model = await provider.model({ status: 500, text: 'overloaded' }, answer('Lima'));
    const replay = createReplay({ cache: createCallCache() });
    const store = createMemoryStore();
    const task = async (call: TaskParams<{ input: string }>) =>
      (await generateText({ model: replay(model, call), prompt: call.input, maxRetries: 0 })).text;
    const failed = await runExperiment({ ...quiet, store, dataset: dataset.slice(0, 1), task, retries: 0 });
    expect(failed.taskRuns[0]?.error).toContain('overloaded');
    const resumed = await resumeExperiment({ ...quiet, store, experimentId: failed.id, task });
    expect(resumed.taskRuns[0]).toMatchObject({ output: 'Lima', usage: null });
  });

  test('spends nothing of a budget', async () => {
    const model = await provider.model(...numbered(9));
    const replay = createReplay({ cache: createCallCache() });
    const run = () =>
      runExperiment({
        ...quiet,
        dataset,
        budget: { tokens: 24 },
        task: async (call) => {
          const { text, usage } = await generateText({ model: replay(model, call), prompt: call.input });
          call.reportUsage({ promptTokens: usage.inputTokens, completionTokens: usage.outputTokens });
          return text;
        },
      });
    await run();
    expect(await run()).toMatchObject({ warnings: [], summary: { stopped: null, taskRuns: { ok: 2 } } });
  });
});

describe('two equal calls at once', () => {
  test('make one call, and both have its answer', async () => {
    const model = await provider.model({ ...answer('Lima'), latencyMs: 100 });
    const cache = createCallCache();
    const ask = () => generateText({ model: createReplay({ cache })(model), prompt: 'Capital of Peru?' });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(await provider.requests(model)).toHaveLength(1);
    expect(answers.map(({ text }) => text)).toEqual(['Lima', 'Lima', 'Lima']);
    expect(answers.filter(({ providerMetadata }) => providerMetadata?.['assay']?.['replayed'] === true)).toHaveLength(
      2,
    );
    expect(answers.map(({ usage }) => usage.inputTokens)).toEqual([10, undefined, undefined]);
  });

  test('make one after the other when the first fails', async () => {
    const model = await provider.model({ status: 503, text: 'busy', latencyMs: 100 }, answer('Lima'));
    const cache = createCallCache();
    const ask = () =>
      generateText({ model: createReplay({ cache })(model), prompt: 'Capital of Peru?', maxRetries: 0 });
    const [first, second] = await Promise.allSettled([ask(), ask()]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });

  test('do not hold up the one whose signal fires', async () => {
    const model = await provider.model({ ...answer('Lima'), latencyMs: 300 });
    const cache = createCallCache();
    const ask = (abortSignal?: AbortSignal) =>
      generateText({ model: createReplay({ cache })(model), prompt: 'Capital?', ...(abortSignal && { abortSignal }) });
    const open = ask();
    const stopped = ask(AbortSignal.timeout(20));
    await expect(stopped).rejects.toThrow('timeout');
    expect((await open).text).toBe('Lima');
  });
});

describe('what is in the cache', () => {
  test.each(['', '{', 'null', '{"kind":"generate","result":{}}', '{"kind":"stream","parts":[]}'])(
    'and cannot be read is no answer: %j',
    async (spoilt) => {
      const model = await provider.model(...numbered(3));
      const texts = new Map<string, string>();
      const cache: CallCache = {
        get: async (key) => texts.get(key) ?? null,
        put: async (key, text) => void texts.set(key, text),
      };
      const ask = () =>
        generateText({ model: createReplay({ cache })(model), prompt: 'Hello' }).then(({ text }) => text);
      expect(await ask()).toBe('answer 1');
      for (const key of texts.keys()) texts.set(key, spoilt);
      expect(await ask()).toBe('answer 2');
      expect(await ask()).toBe('answer 2');
    },
  );

  test('holds no header and no request, where a key may be', async () => {
    const model = await provider.model(answer('Lima'));
    const texts: string[] = [];
    const cache: CallCache = { get: async () => null, put: async (_key, text) => void texts.push(text) };
    await generateText({
      model: createReplay({ cache })(model),
      prompt: 'Capital?',
      headers: { authorization: 'secret' },
    });
    expect(texts).toHaveLength(1);
    expect(texts[0]).not.toMatch(/secret|authorization|headers|Capital/);
  });

  test('is not missed when it cannot be reached', async () => {
    const model = await provider.model(answer('Lima'));
    const down = async (): Promise<never> => {
      throw new Error('down');
    };
    const replay = createReplay({ cache: { get: down, put: down } });
    expect((await generateText({ model: replay(model), prompt: 'Capital?' })).text).toBe('Lima');
  });
});

describe('a judge', () => {
  const good: Reply = {
    text: { explanation: 'It is.', label: 'correct' },
    usage: { promptTokens: 50, completionTokens: 9 },
  };

  test('is not asked again about the same output, whatever the task', async () => {
    const model = await provider.model(good);
    const judge = correctness(model, { replay: createReplay({ cache: createCallCache() }) });
    const first = await runExperiment({ ...quiet, dataset, task: () => 'Lima', evaluators: [judge] });
    const second = await runExperiment({ ...quiet, dataset, task: () => 'Li'.concat('ma'), evaluators: [judge] });
    expect(await provider.requests(model)).toHaveLength(2);
    expect(first.evaluationRuns[0]).toMatchObject({ score: 1, usage: { promptTokens: 50 } });
    expect(second.evaluationRuns).toMatchObject([
      { score: 1, label: 'correct', latencyMs: null, usage: { promptTokens: null, replayedCalls: 1 } },
      { score: 1, label: 'correct', latencyMs: null, usage: { promptTokens: null, replayedCalls: 1 } },
    ]);
  });

  test('must have a model to be replayed, not the name of one', () => {
    expect(() => correctness('openai/gpt-5', { replay: createReplay({ cache: createCallCache() }) })).toThrow(
      'Expected a model of an AI SDK provider to replay, got its name openai/gpt-5',
    );
  });
});

describe('a stream', () => {
  test('is replayed part by part', async () => {
    await using streamer = await startStreamer(['Li', 'ma', '!']);
    const cache = createCallCache();
    const read = async () => {
      const model = createReplay({ cache })(streamer.model);
      const { textStream, usage, finalStep } = streamText({ model, prompt: 'Capital?' });
      const parts: string[] = [];
      for await (const part of textStream) parts.push(part);
      const { providerMetadata } = await finalStep;
      return { parts, tokens: (await usage).inputTokens, isReplayed: providerMetadata?.['assay']?.['replayed'] };
    };
    expect(await read()).toEqual({ parts: ['Li', 'ma', '!'], tokens: 7, isReplayed: undefined });
    expect(await read()).toEqual({ parts: ['Li', 'ma', '!'], tokens: undefined, isReplayed: true });
    expect(streamer.requests()).toBe(1);
  });

  test('that nobody reads to its end is not kept', async () => {
    await using streamer = await startStreamer(['Li', 'ma']);
    const cache = createCallCache();
    const start = async () => {
      const prompt = [{ role: 'user' as const, content: [{ type: 'text' as const, text: 'Capital?' }] }];
      return (await createReplay({ cache })(streamer.model).doStream({ prompt })).stream.getReader();
    };
    const reader = await start();
    await reader.read();
    await reader.cancel();
    expect((await (await start()).read()).done).toBe(false);
    expect(streamer.requests()).toBe(2);
  });

  test('that breaks off is not kept', async () => {
    await using streamer = await startStreamer(['Li', 'ma'], { breaksOff: 1 });
    const cache = createCallCache();
    const read = async (): Promise<string> => {
      const { textStream } = streamText({
        model: createReplay({ cache })(streamer.model),
        prompt: 'Capital?',
        maxRetries: 0,
        onError: () => {},
      });
      let text = '';
      try {
        for await (const part of textStream) text += part;
      } catch {
        text += '…';
      }
      return text;
    };
    await read();
    expect(await read()).toBe('Lima');
    expect(await read()).toBe('Lima');
    expect(streamer.requests()).toBe(2);
  });
});

test('a cache that is none is refused', () => {
  expect(() => createReplay({ cache: {} as CallCache })).toThrow('Expected cache to have get and put');
});
