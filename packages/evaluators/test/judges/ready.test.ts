import type { LanguageModel } from 'ai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as evaluators from '../../src/index.ts';
import type { Judge, JudgeOptions } from '../../src/index.ts';
import { type Provider, startProvider } from '../provider.ts';

let provider: Provider;
beforeAll(async () => {
  provider = await startProvider();
});
afterAll(() => provider.stop());

const conversation = { input: 'What is the weather in Lima?', output: 'It is 19 °C.' };
const tools = {
  availableTools: [{ name: 'weather', parameters: { city: 'string' } }],
  toolCalls: [{ name: 'weather', arguments: { city: 'Lima' } }],
};

/** Phoenix's labels, scores and directions. */
const judges = [
  ['correctness', { correct: 1, incorrect: 0 }, 'maximize', { ...conversation, expected: '19 °C' }],
  ['conciseness', { concise: 1, verbose: 0 }, 'maximize', conversation],
  [
    'documentRelevance',
    { relevant: 1, unrelated: 0 },
    'maximize',
    { input: conversation.input, document: 'Lima: 19 °C' },
  ],
  ['faithfulness', { faithful: 1, unfaithful: 0 }, 'maximize', { ...conversation, context: ['Lima: 19 °C'] }],
  ['hallucination', { hallucinated: 1, grounded: 0 }, 'minimize', { ...conversation, context: ['Lima: 19 °C'] }],
  ['refusal', { refused: 1, answered: 0 }, 'neutral', conversation],
  ['toolSelection', { correct: 1, incorrect: 0 }, 'maximize', { input: conversation.input, ...tools }],
  ['toolInvocation', { correct: 1, incorrect: 0 }, 'maximize', { input: conversation.input, ...tools }],
  [
    'toolResponseHandling',
    { correct: 1, incorrect: 0 },
    'maximize',
    { ...conversation, toolCalls: tools.toolCalls, toolResults: [{ celsius: 19 }] },
  ],
  ['toxicity', { toxic: 1, 'non-toxic': 0 }, 'minimize', { output: conversation.output }],
  [
    'userFriction',
    { friction: 1, no_friction: 0 },
    'minimize',
    { conversation: [{ role: 'user', content: 'No, in Ohio!' }] },
  ],
] as const;

const all: Readonly<Record<string, unknown>> = { ...evaluators };

type Make = (model: LanguageModel, options?: JudgeOptions) => Judge<Readonly<Record<string, unknown>>>;

describe.each(judges)('%s', (name, choices, direction, params) => {
  const make = all[name] as Make;

  test.each(Object.entries(choices))('scores %s as %d', async (label, score) => {
    const model = await provider.model({ text: { explanation: 'So it is.', label } });
    const judge = make(model);

    const result = await judge(params);

    expect(result).toMatchObject({ score, label, explanation: 'So it is.', metadata: { 'assay.prompt': `${name}@1` } });
    expect([judge.name, judge.kind, judge.direction]).toEqual([name, 'LLM', direction]);
  });

  test('shows the model everything there is to judge, and leaves no variable open', async () => {
    const model = await provider.model({ text: { explanation: '', label: Object.keys(choices)[0] } });
    await make(model)(params);

    const [request] = await provider.requests(model);
    const sent = request?.messages.map(({ content }) => content).join('\n') ?? '';
    for (const [variable, value] of Object.entries(params)) {
      expect(sent).toContain(
        `<${variable}>\n${typeof value === 'string' ? value : JSON.stringify(value, null, 2)}\n</${variable}>`,
      );
    }
    expect(sent).not.toMatch(/\{\{|undefined/);
    for (const label of Object.keys(choices)) expect(sent).toContain(`- "${label}": `);
  });

  test('takes another name and keeps its prompt’s', async () => {
    const model = await provider.model({ text: { explanation: '', label: Object.keys(choices)[0] } });
    const judge = make(model, { name: 'mine' });

    expect(judge.name).toBe('mine');
    expect((await judge(params)).metadata).toMatchObject({ 'assay.prompt': `${name}@1` });
  });
});
