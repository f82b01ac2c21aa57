import { expect, test } from 'vitest';
import { readTemplate } from '../../src/jobs/template.ts';

const values = {
  input: { question: 'Why & <how>?', list: [1, 2], of: { deep: null } },
  expected: 'because',
  metadata: {},
};

test.each([
  ['mustache', 'Q: {{input.question}} {{{input.list}}} {{&expected}}', 'Q: Why & <how>? [1,2] because'],
  [
    'mustache',
    '{{#input.list}}<{{.}}>{{/input.list}}{{^metadata.none}}none{{/metadata.none}}{{! a remark }}',
    '<1><2>none',
  ],
  ['mustache', '{{input}}', JSON.stringify(values.input)],
  ['mustache', '{{input.of.deep}} {{input.list.1}}', ' 2'],
  ['f-string', 'Q: {input.question} {{literal}} { expected }', 'Q: Why & <how>? {literal} because'],
  ['none', '{{input.question}} {input}', '{{input.question}} {input}'],
] as const)('a %s template %j is filled', (format, source, text) => {
  expect(readTemplate(source, format).render(values)).toBe(text);
});

test('a row without a variable fails before any call, and is not tried again', () => {
  for (const [format, source] of [
    ['mustache', '{{input.other}}'],
    ['f-string', '{input.other}'],
  ] as const) {
    const { render, variables } = readTemplate(source, format);
    expect(variables).toEqual(['input.other']);
    expect(() => render(values)).toThrow(
      expect.objectContaining({ isRetryable: false, message: expect.stringContaining('input.other') }),
    );
  }
  expect(() => readTemplate('{{input.constructor}}', 'mustache').render(values)).toThrow(/input.constructor/);
});

test.each([
  ['mustache', '{{#input}}', /Unclosed section/],
  ['mustache', '{{> other}}', /without partials/],
  ['mustache', '{{question}}', /begin with input, expected, metadata/],
  ['f-string', 'a\n{input', /line 2, column 1/],
  ['f-string', 'a } b', /line 1, column 3/],
  ['f-string', '{input!r}', /\{input!r\}/],
] as const)('a %s template %j is refused', (format, source, message) => {
  expect(() => readTemplate(source, format)).toThrow(message);
});
