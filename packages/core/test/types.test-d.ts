import { bindEvaluator } from '../src/bind.ts';
import { createConcurrency } from '../src/concurrency.ts';
import type { EvaluatorParams } from '../src/evaluator.ts';
import type { RanExperiment } from '../src/experiment.ts';
import {
  defineExperiment,
  evaluateExperiment,
  resumeExperiment,
  runExperiment,
  streamExperiment,
  streamResume,
} from '../src/run.ts';
import { selectSplits } from '../src/sample.ts';
import type { ExperimentStore } from '../src/store.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
declare function isTrue<_T extends true>(): void;
declare const store: ExperimentStore;
type Data = Readonly<Record<string, unknown>>;

const questions = [
  { input: { question: 'a' }, expected: 'b', metadata: { passages: ['c'] } },
  { input: { question: 'd' }, expected: 'e', metadata: { passages: ['f'] } },
];

// Types flow from an inline dataset to the task, and with its output to the evaluators.
const ran = await runExperiment({
  dataset: questions,
  task: ({ input, expected, metadata, example, repetition, attempt, experiment, signal }) => {
    isTrue<Equal<typeof input, { question: string }>>();
    isTrue<Equal<typeof expected, string>>();
    isTrue<Equal<typeof metadata, { passages: string[] }>>();
    isTrue<Equal<typeof example.input, { question: string }>>();
    isTrue<Equal<[typeof repetition, typeof attempt, typeof experiment.id], [number, number, string]>>();
    isTrue<Equal<typeof signal, AbortSignal>>();
    return { answer: input.question, sources: metadata.passages.length };
  },
  evaluators: {
    grounded: ({ input, output, expected, reference, metadata, taskRun, traceId }) => {
      isTrue<Equal<typeof input, { question: string }>>();
      isTrue<Equal<typeof output, { answer: string; sources: number }>>();
      isTrue<Equal<[typeof expected, typeof reference], [string, string]>>();
      isTrue<Equal<typeof taskRun.output, { answer: string; sources: number } | null>>();
      isTrue<Equal<typeof traceId, string | null>>();
      return metadata.passages.includes(output.answer);
    },
  },
});
isTrue<
  Equal<
    typeof ran,
    RanExperiment<{ question: string }, { answer: string; sources: number }, string, { passages: string[] }>
  >
>();
ran.taskRuns[0]?.output?.answer.trim();
// @ts-expect-error The output has no such field.
void ran.taskRuns[0]?.output?.text;

// @ts-expect-error The input has no such field.
void runExperiment({ dataset: questions, task: ({ input }) => input.answer });
// @ts-expect-error The task is not called with such a field.
void runExperiment({ dataset: questions, task: ({ output }) => output });
void runExperiment({
  dataset: questions,
  task: () => ({ answer: 'a' }),
  // @ts-expect-error The output has no such field.
  evaluators: { exact: ({ output }) => output.text === 'a' },
});
void runExperiment({
  dataset: questions,
  task: () => 1,
  // @ts-expect-error The evaluator expects another output than the task gives.
  evaluators: { exact: ({ output }: { output: string }) => output === 'a' },
});
void runExperiment({
  dataset: questions,
  task: () => 1,
  evaluators: [
    // @ts-expect-error The same in a list.
    function exact({ output }: { output: string }) {
      return output === 'a';
    },
  ],
});
// @ts-expect-error A verdict is no list of numbers.
void runExperiment({ dataset: questions, task: () => 1, evaluators: { exact: () => [1, 2, 3, 4] } });
// @ts-expect-error An example has an input.
void runExperiment({ dataset: [{ question: 'a' }], task: () => 1 });
// @ts-expect-error There is no such setting.
void runExperiment({ dataset: questions, task: () => 1, maxConcurrency: 3 });

// What an asynchronous task resolves to is the output.
const asynchronous = await runExperiment({
  dataset: questions,
  task: async () => 5,
  evaluators: { whole: async ({ output }) => Number.isInteger(output) },
});
isTrue<Equal<(typeof asynchronous.taskRuns)[number]['output'], number | null>>();

// Rows need not be alike: what some leave out may be null, or missing from the metadata.
void runExperiment({
  dataset: [{ input: 1, expected: 2 }, { input: 'a' }, { input: 'b', metadata: { hard: true } }],
  task: ({ input, expected, metadata }) => {
    isTrue<Equal<typeof input, string | number>>();
    isTrue<Equal<typeof expected, number | null>>();
    return [input, expected, metadata];
  },
});

// Without an answer there is none.
void runExperiment({
  dataset: [{ input: 1 }],
  task: ({ expected, metadata }) => (isTrue<Equal<typeof expected, null>>(), isTrue<Equal<typeof metadata, Data>>(), 1),
});

// Types flow from streams, named datasets and splits alike.
declare const stream: AsyncIterable<{ input: number; expected?: string }>;
void runExperiment({
  dataset: stream,
  task: ({ input, expected }) => (isTrue<Equal<[typeof input, typeof expected], [number, string | null]>>(), 1),
});
void runExperiment({
  dataset: { name: 'n', examples: stream },
  task: ({ input }) => (isTrue<Equal<typeof input, number>>(), 1),
});
void runExperiment({
  dataset: { name: 'n', examples: questions },
  task: ({ input }) => (isTrue<Equal<typeof input, { question: string }>>(), 1),
});
void runExperiment({
  dataset: selectSplits([{ input: 1, splits: ['test'] }], ['test']),
  task: ({ input }) => (isTrue<Equal<typeof input, number>>(), 1),
});
void runExperiment({
  dataset: [{ input: 1, expected: 'a' }] as const,
  task: ({ input, expected }) => (isTrue<Equal<[typeof input, typeof expected], [1, 'a']>>(), 1),
});
// @ts-expect-error The input of the stream is a number.
void runExperiment({ dataset: stream, task: ({ input }) => input.trim() });
// @ts-expect-error The input of the named dataset is an object.
void runExperiment({ dataset: { name: 'n', examples: questions }, task: ({ input }) => input.trim() });

// Of a stored dataset nothing is known: tasks and evaluators say what they take.
const stored = await runExperiment({
  store,
  dataset: { name: 'stored', splits: ['test'] },
  task: async ({ input, metadata }: { input: { question: string }; metadata: { hard: boolean } }) =>
    metadata.hard ? input.question : 'easy',
  evaluators: { exact: ({ output, expected }: { output: string; expected: string | null }) => output === expected },
});
isTrue<Equal<typeof stored, RanExperiment<unknown, string, unknown, Data>>>();
void runExperiment({
  store,
  dataset: { id: 'd' },
  task: () => 'a',
  // @ts-expect-error The output of the task is text.
  evaluators: { exact: ({ output }: { output: number }) => output === 1 },
});
// @ts-expect-error A dataset is named or identified, not both.
void runExperiment({ store, dataset: { id: 'd', name: 'n' }, task: () => 1 });

// A resume takes the same functions, and its evaluators alone too.
const task = ({ input }: { input: string }) => input.length;
const close = ({ output, expected }: { output: number; expected: number }) => Math.abs(output - expected);
const resumed = await resumeExperiment({ store, experimentId: 'e', task, evaluators: { close } });
isTrue<Equal<typeof resumed, RanExperiment<unknown, number, unknown, Data>>>();
void resumeExperiment({ store, experimentId: 'e', evaluators: { close } });
void evaluateExperiment({ store, experimentId: 'e', evaluators: [close] });
void resumeExperiment({
  store,
  experimentId: 'e',
  task,
  // @ts-expect-error The task gives a number.
  evaluators: { text: ({ output }: { output: string }) => output },
});
// @ts-expect-error A resume needs the store.
void resumeExperiment({ experimentId: 'e', task });
// @ts-expect-error An id is in some store.
void evaluateExperiment({ experimentId: 'e', evaluators: [close] });

// An experiment that was run brings its types along.
void evaluateExperiment({
  experiment: ran,
  evaluators: {
    short: ({ input, output, expected }) => (
      isTrue<
        Equal<
          [typeof input, typeof output, typeof expected],
          [{ question: string }, { answer: string; sources: number }, string]
        >
      >(),
      1
    ),
  },
});
// @ts-expect-error Its output has no such field.
void evaluateExperiment({ experiment: ran, evaluators: { short: ({ output }) => output.text } });

// Every form of evaluator.
class Length {
  evaluate({ output }: { output: string }): number {
    return output.length;
  }
}
function named({ output }: { output: string }): boolean {
  return output === 'a';
}
void runExperiment({ dataset: questions, task: () => 'a', evaluators: named });
void runExperiment({
  dataset: questions,
  task: () => 'a',
  evaluators: [named, Length, new Length(), { name: 'own', kind: 'LLM', direction: 'minimize', evaluate: named }],
});
void runExperiment({
  dataset: questions,
  task: () => 'a',
  evaluators: { a: named, b: Length, c: { evaluate: named } },
});
void runExperiment({
  dataset: questions,
  task: () => 'a',
  evaluators: { several: () => ({ tone: 'kind', size: 1, pass: true }), tuple: () => [1, 'good'] as const },
});
// @ts-expect-error The class judges text.
void runExperiment({ dataset: questions, task: () => 1, evaluators: [Length] });
void runExperiment({
  dataset: questions,
  task: () => 'a',
  // @ts-expect-error There is no such direction.
  evaluators: [{ name: 'own', direction: 'up', evaluate: named }],
});

// bindEvaluator checks what is read and what is given.
const faithful = ({ context, answer }: { context: string; answer: string }) => context.includes(answer);
type Run = EvaluatorParams<(typeof questions)[number], string>;
const grounded = bindEvaluator(faithful, ({ metadata, output }: Run) => ({
  context: metadata.passages.join(' '),
  answer: output,
}));
void runExperiment({ dataset: questions, task: () => 'a', evaluators: [grounded] });
// @ts-expect-error A run has no such field.
bindEvaluator(faithful, ({ metadata, output }: Run) => ({ context: metadata.texts.join(' '), answer: output }));
// @ts-expect-error The evaluator needs its context too.
bindEvaluator(faithful, ({ output }: Run) => ({ answer: output }));
// @ts-expect-error The bound evaluator judges text.
void runExperiment({ dataset: questions, task: () => 1, evaluators: [grounded] });

// Events carry the output's type.
for await (const event of streamExperiment({ dataset: questions, task: () => 5 })) {
  if (event.type === 'task-run-saved') isTrue<Equal<typeof event.run.output, number | null>>();
}

// defineExperiment keeps the types for runExperiment.
const defined = defineExperiment({
  dataset: questions,
  task: ({ input }) => input.question,
  evaluators: { exact: ({ output, expected }) => output === expected },
});
const ranDefined = await runExperiment(defined);
isTrue<Equal<(typeof ranDefined.taskRuns)[number]['output'], string | null>>();
// @ts-expect-error The input has no such field.
defineExperiment({ dataset: questions, task: ({ input }) => input.answer });

// The streaming resume takes what a resume takes, and carries the output's type.
for await (const event of streamResume({
  store,
  experimentId: 'e',
  task,
  evaluators: { close },
  concurrency: createConcurrency(2),
})) {
  if (event.type === 'task-run-saved') isTrue<Equal<typeof event.run.output, number | null>>();
}
// @ts-expect-error The task gives a number.
streamResume({ store, experimentId: 'e', task, evaluators: { text: ({ output }: { output: string }) => output } });
// @ts-expect-error A shard is made of examples, which have ids.
streamResume({ store, experimentId: 'e', task, examples: [{ input: 'a' }] });

// A budget goes with every way to run, and takes the parts that it has and no others.
const budget = { usd: 1, tokens: 1000, judgeUsd: 0.5, perCall: { usd: 0.01 } };
await runExperiment({ dataset: questions, task: () => 1, budget });
await resumeExperiment({ experimentId: 'e', store, task: () => 1, budget });
// @ts-expect-error a misspelt cap would cap nothing
await runExperiment({ dataset: questions, task: () => 1, budget: { dollars: 1 } });
