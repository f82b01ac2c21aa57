import type { Task, UsageReport } from '@assay/core';
import type { ReadyModel } from './models.ts';
import type { PromptTask } from './spec.ts';
import { readTemplate, type Template, type TemplateValues } from './template.ts';

/** A prompt as a task, with the variables that its templates ask for. */
export interface ReadyPrompt {
  readonly variables: readonly string[];
  readonly task: Task<never, string>;
}

/**
 * Makes the task that fills a prompt and asks a model. Its output is the text of the answer. It makes one call each time:
 * retries, limits and time-outs are the engine's.
 *
 * @throws AssayError `invalid-config` for a template that cannot be read.
 */
export async function readPromptTask(spec: PromptTask, model: ReadyModel): Promise<ReadyPrompt> {
  const messages = spec.messages.map(({ role, content }) => ({
    role,
    template: readTemplate(content, spec.template_format),
  }));
  const settings = settingsOf(spec.parameters ?? {});
  // Here and not by the first call, which so goes out with nothing left to load.
  const [{ generateText }, language] = await Promise.all([import('ai'), model.language()]);

  const task = async (params: TemplateValues & Call): Promise<string> => {
    const filled = messages.map(({ role, template }) => ({ role, content: template.render(params) }));
    const system = filled.filter(({ role }) => role === 'system').map(({ content }) => content);
    const answer = await generateText({
      model: language,
      ...(system.length === 0 ? {} : { instructions: system.join('\n\n') }),
      messages: filled.flatMap(({ role, content }) => (role === 'system' ? [] : [{ role, content }])),
      maxRetries: 0,
      abortSignal: params.signal,
      ...settings,
    });
    // The first call does not wait for the prices, which are 0.8 MB.
    const { usageOf } = await import('@assay/prices');
    params.reportUsage(usageOf(answer));
    return answer.text;
  };
  return { variables: messages.flatMap(({ template }) => variablesOf(template)), task: task as Task<never, string> };
}

interface Call {
  readonly signal: AbortSignal;
  readonly reportUsage: (usage: UsageReport) => void;
}

function variablesOf({ variables }: Template): readonly string[] {
  return variables;
}

/** In the words of the AI SDK. */
function settingsOf(parameters: NonNullable<PromptTask['parameters']>) {
  const settings = {
    temperature: parameters.temperature,
    topP: parameters.top_p,
    topK: parameters.top_k,
    maxOutputTokens: parameters.max_tokens,
    presencePenalty: parameters.presence_penalty,
    frequencyPenalty: parameters.frequency_penalty,
    stopSequences: typeof parameters.stop === 'string' ? [parameters.stop] : parameters.stop,
    seed: parameters.seed,
    providerOptions: parameters.provider_options,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
