import { z } from '@hono/zod-openapi';
import { jsonObject, text } from '../schemas.ts';

/* What a job is to do, as JSON: posted by clients, and kept with the job. */

export const modelSpec = z
  .strictObject({
    provider: z.enum(['openai', 'anthropic', 'google', 'openai-compatible']),
    name: text.min(1),
    base_url: z.url().optional().openapi({ description: 'On loopback, or on ASSAY_PROVIDER_URLS of the server' }),
    api_key_env: z
      .string()
      .regex(/^\w+$/)
      .optional()
      .openapi({ description: 'The variable of the server that holds the key: ends in _API_KEY or _KEY' }),
  })
  .openapi('JobModel');
export type ModelSpec = z.output<typeof modelSpec>;

const messages = z
  .array(z.strictObject({ role: z.enum(['system', 'user', 'assistant']), content: text }))
  .min(1)
  .refine((all) => all.some(({ role, content }) => role === 'user' && content.trim() !== ''), {
    message: 'must have a message of role user that is not empty',
  });

const share = z.number().min(0).max(1);
const penalty = z.number().min(-2).max(2);

/** The settings that the AI SDK has in common for all providers. */
export const modelParameters = z
  .strictObject({
    temperature: z.number().min(0).max(2).optional(),
    top_p: share.optional(),
    top_k: z.int().positive().optional(),
    max_tokens: z.int().positive().optional(),
    presence_penalty: penalty.optional(),
    frequency_penalty: penalty.optional(),
    stop: z.union([z.string(), z.array(z.string()).max(16)]).optional(),
    seed: z.int().optional(),
    provider_options: z
      .record(z.string(), jsonObject)
      .optional()
      .openapi({ description: "What only one provider knows, by the provider's name" }),
  })
  .openapi('JobModelParameters');

const promptTask = z
  .strictObject({
    type: z.literal('prompt'),
    model: modelSpec,
    messages,
    template_format: z.enum(['mustache', 'f-string', 'none']).default('mustache'),
    parameters: modelParameters.optional(),
  })
  .openapi('PromptTask');
export type PromptTask = z.output<typeof promptTask>;

const registeredTask = z.strictObject({ type: z.literal('registered'), name: text.min(1) }).openapi('RegisteredTask');

export const taskSpec = z.discriminatedUnion('type', [promptTask, registeredTask]).openapi('JobTask');
export type TaskSpec = z.output<typeof taskSpec>;

const evaluatorName = text.transform((name) => name.trim()).refine((name) => name !== '', 'must not be empty');
const mapping = z.record(z.string(), z.string()).optional();

const builtinEvaluator = z
  .strictObject({
    name: evaluatorName,
    type: z.literal('builtin'),
    builtin: z.string(),
    mapping,
    config: jsonObject.optional(),
  })
  .openapi('BuiltinEvaluator');

const judgeEvaluator = z
  .strictObject({
    name: evaluatorName,
    type: z.literal('judge'),
    model: modelSpec,
    messages,
    choices: z.record(z.string(), z.number().nullable()),
    direction: z.enum(['maximize', 'minimize', 'neutral']).default('maximize'),
    mapping,
  })
  .openapi('JudgeEvaluator');
export type JudgeSpec = z.output<typeof judgeEvaluator>;

const registeredEvaluator = z
  .strictObject({ name: evaluatorName, type: z.literal('registered') })
  .openapi('RegisteredEvaluator');

export const evaluatorSpec = z
  .discriminatedUnion('type', [builtinEvaluator, judgeEvaluator, registeredEvaluator])
  .openapi('JobEvaluator');
export type EvaluatorSpec = z.output<typeof evaluatorSpec>;

export const evaluatorSpecs = z
  .array(evaluatorSpec)
  .max(100)
  .superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      const other = all.find((one, place) => place !== index && (one.name === name || name.startsWith(`${one.name}/`)));
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `must be its own, and not that of a result of another: ${JSON.stringify(name)} and ${JSON.stringify(other.name)}`,
        });
    }
  });

const amount = z.number().positive();

/** What the experiment may spend, over all its runs: `@assay/core` has the rules. */
export const budgetSpec = z
  .strictObject({ usd: amount.optional(), tokens: amount.optional(), judge_usd: amount.optional() })
  .refine((caps) => Object.keys(caps).length > 0, 'must have usd, tokens or judge_usd')
  .openapi('JobBudget');

export const timeoutMs = z
  .int()
  .positive()
  .max(2 ** 31 - 1)
  .openapi({ description: 'Milliseconds that one attempt of a task or an evaluator may take' });

/** What is kept with a job. Without a task only evaluations are carried out. */
export const jobSpec = z.object({
  task: taskSpec.nullable(),
  evaluators: evaluatorSpecs,
  budget: budgetSpec.nullish(),
  timeout_ms: timeoutMs.default(60_000),
});
export type JobSpec = z.output<typeof jobSpec>;

export const maxConcurrency = z.int().positive().max(1_000);
