import type { Behaviour, Call, Provider } from '../provider/provider.ts';

/** The model that tasks call, and the one that judges them. */
export const models = { task: 'task', judge: 'judge' } as const;

/** How those models behave when each call takes this long: the task echoes its prompt, the judge finds all good. */
export function behaviours(latencyMs: Behaviour['latencyMs']): Readonly<Record<string, Behaviour>> {
  const latency = latencyMs === undefined ? {} : { latencyMs };
  return {
    [models.task]: latency,
    [models.judge]: { ...latency, answer: { text: { explanation: '', label: 'good' } } },
  };
}

/** Which environment variable the server reads the provider's key from. */
export const keyVariable = 'FAULTS_API_KEY';

/** Tells what is called: the model and, from its prompt, the job and the example. */
export function keyOf({ model, prompt }: Pick<Call, 'model' | 'prompt'>): string {
  return `${model} ${/[\w-]+: question-\d+\./.exec(prompt)?.[0] ?? prompt}`;
}

/** Inputs whose prompts differ from each other, so that a call can be told by its prompt. */
export function inputs(count: number): { readonly question: string }[] {
  return Array.from({ length: count }, (_, index) => ({ question: `question-${index}.` }));
}

export interface WorkOptions {
  readonly provider: Provider;
  /** Stands in every prompt, so that calls of experiments over the same dataset can be told apart. */
  readonly tag: string;
  readonly concurrency: number;
  /** Whether each output is judged by a model. Default true. */
  readonly judged?: boolean;
  /** Default `task`. */
  readonly model?: string;
}

/** A job that asks the provider once for each example, and once more to judge each output. */
export function work({ provider, tag, concurrency, judged = true, model = models.task }: WorkOptions): object {
  const at = (name: string): object => ({
    provider: 'openai-compatible',
    name,
    base_url: provider.baseUrls.openai,
    api_key_env: keyVariable,
  });
  return {
    name: tag,
    max_concurrency: concurrency,
    task: {
      type: 'prompt',
      model: at(model),
      template_format: 'mustache',
      messages: [{ role: 'user', content: `${tag}: {{input.question}}` }],
    },
    evaluators: judged
      ? [
          {
            name: 'correct',
            type: 'judge',
            model: at(models.judge),
            messages: [{ role: 'user', content: 'Judge {{output}}' }],
            choices: { good: 1, bad: 0 },
          },
        ]
      : [],
  };
}
