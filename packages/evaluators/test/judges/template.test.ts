import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { createClassifier, type Judge, type JudgeCall } from '../../src/index.ts';
import { readTemplate, renderTemplate } from '../../src/judges/template.ts';

const offered = ['input', 'output', 'expected', 'metadata'];
const render = (text: string, params: object): string => renderTemplate(readTemplate(text, offered), params);

describe('a template', () => {
  test('puts each value between tags of its name', () => {
    expect(render('Is {{ output }} right?', { output: 'Lima' })).toBe('Is <output>\nLima\n</output> right?');
    expect(
      render('{{input.question}}{{metadata.list.0}}', { input: { question: 'Q' }, metadata: { list: ['x'] } }),
    ).toBe('<input.question>\nQ\n</input.question><metadata.list.0>\nx\n</metadata.list.0>');
  });

  test('writes what is no text as JSON', () => {
    expect(render('{{output}}', { output: { a: [1, null] } })).toContain(JSON.stringify({ a: [1, null] }, null, 2));
    expect(render('{{output}}', { output: null })).toBe('<output>\nnull\n</output>');
  });

  test('says of an optional value that there is none', () => {
    expect(render('{{expected?}}', {})).toBe('<expected>\n(none given)\n</expected>');
    expect(render('{{expected?}}', { expected: null })).toBe('<expected>\n(none given)\n</expected>');
    expect(render('{{metadata.source?}}', { metadata: {} })).toContain('(none given)');
  });

  test('reads no value that an object only inherits', () => {
    expect(() => render('{{input.constructor}}', { input: {} })).toThrow(
      'Expected a value for {{input.constructor}}, got none',
    );
    expect(() => render('{{output.length}}', { output: 'Lima' })).toThrow('got none');
  });

  test('does not read a value as a template', () => {
    expect(render('{{output}}', { output: '{{input}}', input: 'secret' })).toBe('<output>\n{{input}}\n</output>');
  });

  test('has no value that closes its tags', () => {
    const text = fc
      .array(fc.constantFrom('<', '</', 'output', 'OUTPUT', '-2', '-3', '>', ' ', 'input', '/', 'x'), { maxLength: 20 })
      .map((parts) => parts.join(''));

    fc.assert(
      fc.property(text, text, (input, output) => {
        const filled = render('{{output}}|{{input}}', { input, output });
        const [, tag] = /^<([^>]+)>\n/.exec(filled)!;

        expect(output.toLowerCase()).not.toContain(`</${tag!}>`);
        expect(input.toLowerCase()).not.toContain(`</${tag!}>`);
        expect(filled.startsWith(`<${tag!}>\n${output}\n</${tag!}>|`)).toBe(true);
      }),
      { seed: 8 },
    );
  });

  test.each([
    [
      'an unknown variable',
      'a\nb {{answer}}',
      'Expected a variable out of input, output, expected, metadata at line 2, column 3 of the prompt, got {{answer}}',
    ],
    ['a section', '{{#input}}x{{/input}}', 'got {{#input}}'],
    ['three braces', '{{{input}}}', 'got {{{input}}'],
    ['nothing', '{{ }}', 'got {{}}'],
    ['braces left open', 'x {{input', 'Expected braces to be closed by }} at line 1, column 3 of the prompt, got none'],
    ['blanks in a name', '{{in put}}', 'got {{in put}}'],
  ])('with %s is refused', (_, text, message) => {
    expect(() => readTemplate(text, offered)).toThrow(message);
  });
});

test('the compiler knows what a prompt asks for', () => {
  const choices = { yes: 1, no: 0 };
  const make = () =>
    createClassifier({
      name: 'judge',
      model: 'a/model',
      choices,
      prompt: 'Is {{output}} an answer to {{ input.question }}? {{expected?}}{{metadata.source?}}',
    });
  const messages = () =>
    createClassifier({
      name: 'judge',
      model: 'a/model',
      choices,
      prompt: [
        { role: 'system', content: '{{input}}' },
        { role: 'user', content: '{{output}}' },
      ],
    });
  const later = (prompt: string) => createClassifier({ name: 'judge', model: 'a/model', choices, prompt });

  type Asked = Omit<Parameters<ReturnType<typeof make>>[0], keyof JudgeCall>;
  expectTypeOf<Asked>().toEqualTypeOf<{
    readonly output: unknown;
    readonly input: unknown;
    readonly expected?: unknown;
    readonly metadata?: unknown;
  }>();
  expectTypeOf<Parameters<ReturnType<typeof messages>>[0]>().toExtend<{
    readonly input: unknown;
    readonly output: unknown;
  }>();
  expectTypeOf(later).returns.toExtend<Judge<{ readonly output?: unknown }>>();
  // @ts-expect-error the prompt asks for the input too
  void (() => make()({ output: 'Lima' }));
});
