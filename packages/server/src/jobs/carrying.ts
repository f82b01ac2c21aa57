import {
  AssayError,
  type Evaluator,
  type EvaluatorLike,
  type NamedEvaluator,
  type RateLimiter,
  readEvaluators,
  type Task,
} from '@assay/core';
import type { Environment, ReadyModel } from './models.ts';
import { readModel } from './models.ts';
import { readPromptTask } from './prompt-task.ts';
import { type EvaluatorSpec, type JobSpec, type JudgeSpec, modelSpec, type TaskSpec } from './spec.ts';

/** Functions of the user's own, by the names under which jobs call them. */
export interface Registered {
  readonly tasks?: Readonly<Record<string, Task<never, unknown>>> | undefined;
  readonly evaluators?: Readonly<Record<string, EvaluatorLike<never>>> | undefined;
}

/** What a job is made of beside its own description. */
export interface Surroundings {
  readonly env: Environment;
  readonly registered: Registered;
  readonly limiterOf: (key: string) => RateLimiter;
}

/** A job that can be carried out. */
export interface Carrying {
  readonly task: Task<never, unknown> | undefined;
  readonly taskLimit: RateLimiter | undefined;
  readonly evaluators: readonly NamedEvaluator[];
  /** What examples must have for prompts and mappings, such as `input.question`. */
  readonly variables: readonly string[];
}

/**
 * Makes functions of the description of a job.
 *
 * @throws AssayError `invalid-config` for anything that cannot be carried out here, in words that whoever wrote it can act on.
 */
export async function readJob(spec: JobSpec, surroundings: Surroundings): Promise<Carrying> {
  const limiters = new Map<string, RateLimiter>();
  // Within an experiment a task and a judge of one model share one limiter.
  const limiterOf = (key: string): RateLimiter => {
    const limiter = limiters.get(key) ?? surroundings.limiterOf(key);
    limiters.set(key, limiter);
    return limiter;
  };
  const inside = { ...surroundings, limiterOf };
  const [task, ...evaluators] = await Promise.all([
    spec.task === null ? noTask : readTask(spec.task, inside),
    ...spec.evaluators.map(async (evaluator) => [evaluator.name, await readEvaluator(evaluator, inside)] as const),
  ]);
  const asked = await Promise.all(spec.evaluators.map(askedOfExamples));
  return {
    ...task,
    variables: [...task.variables, ...asked.flat()],
    evaluators: readEvaluators(Object.fromEntries(evaluators)),
  };
}

/** What an evaluator cannot do without, of what an example has. Where nothing is expected of an example, it skips it. */
async function askedOfExamples(spec: EvaluatorSpec): Promise<readonly string[]> {
  if (spec.type === 'registered') return [];
  const { mapping = {} } = spec;
  const mapped = Object.values(mapping).filter((path) => /^(input|metadata)\./.test(path));
  if (spec.type === 'builtin') return mapped;
  const { requiredVariables } = await import('@assay/evaluators/judges');
  const variables = requiredVariables(spec.messages, [...runVariables, ...Object.keys(mapping)])
    .filter((path) => !Object.hasOwn(mapping, path.split('.')[0]!))
    .map((path) => path.replace(/^reference\b/, 'expected'))
    .filter((path) => /^(input|expected|metadata)\./.test(path));
  return [...mapped, ...variables];
}

const noTask = { task: undefined, taskLimit: undefined, variables: [] };

async function readTask(
  spec: TaskSpec,
  { env, registered, limiterOf }: Surroundings,
): Promise<Omit<Carrying, 'evaluators'>> {
  if (spec.type === 'registered') {
    return { task: found('task', spec.name, registered.tasks), taskLimit: undefined, variables: [] };
  }
  const model = readModel(spec.model, env);
  const { task, variables } = await readPromptTask(spec, model);
  return { task, variables, taskLimit: limiterOf(model.limitKey) };
}

async function readEvaluator(spec: EvaluatorSpec, surroundings: Surroundings): Promise<EvaluatorLike<never>> {
  const { env, registered, limiterOf } = surroundings;
  switch (spec.type) {
    case 'registered':
      return found('evaluator', spec.name, registered.evaluators);
    case 'judge': {
      const model = readModel(spec.model, env);
      return judgeOf(spec, model, limiterOf(model.limitKey));
    }
    case 'builtin': {
      const { createBuiltin } = await import('@assay/evaluators');
      const asked = spec.builtin === 'embedding_similarity' ? modelSpec.safeParse(spec.config?.['model']) : null;
      if (!asked?.success) return createBuiltin(spec) as EvaluatorLike<never>;
      const model = readModel(asked.data, env);
      const config = { ...spec.config, model: await model.embedding() };
      const evaluator = createBuiltin({ ...spec, config });
      return { ...evaluator, rateLimit: limiterOf(model.limitKey) } as EvaluatorLike<never>;
    }
  }
}

async function judgeOf(spec: JudgeSpec, model: ReadyModel, rateLimit: RateLimiter): Promise<EvaluatorLike<never>> {
  const { bindPaths, createClassifier } = await import('@assay/evaluators/judges');
  const { name, direction, messages, mapping = {} } = spec;
  const choices = Object.fromEntries(
    Object.entries(spec.choices).map(([label, score]) => [label, score ?? { score: null, description: '' }]),
  );
  const judge = createClassifier({
    name,
    direction,
    model: await model.language(),
    choices,
    prompt: messages,
    variables: [...runVariables, ...Object.keys(mapping)],
    rateLimit,
  });
  return bindPaths(judge as Evaluator<object>, mapping) as EvaluatorLike<never>;
}

const runVariables = ['input', 'output', 'expected', 'reference', 'metadata'];

function found<T>(kind: 'task' | 'evaluator', name: string, all: Readonly<Record<string, T>> = {}): T {
  if (Object.hasOwn(all, name)) return all[name]!;
  const names = Object.keys(all);
  const there =
    names.length === 0
      ? `none: start it with \`assay serve --tasks FILE.ts\`, whose \`${kind}s\` is a record of functions`
      : names.join(', ');
  throw new AssayError(
    'invalid-config',
    `Expected a registered ${kind} of this server, got ${JSON.stringify(name)}. There is ${there}`,
  );
}
