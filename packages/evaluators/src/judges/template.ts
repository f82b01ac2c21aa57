import { AssayError } from '@assay/core';
import { EvaluationError } from '../evaluation-error.ts';

/** The variables of a template that is known to the compiler: `input` for `{{input.question}}`. */
type Roots<Prompt extends string> = Prompt extends `${string}{{${infer Variable}}}${infer Rest}`
  ? Root<Trimmed<Variable>> | Roots<Rest>
  : never;
type Root<Variable extends string> = Variable extends `${infer First}.${infer Rest}`
  ? Rest extends `${string}?`
    ? `${First}?`
    : First
  : Variable;
type Trimmed<Text extends string> = Text extends ` ${infer Rest}`
  ? Trimmed<Rest>
  : Text extends `${infer Rest} `
    ? Trimmed<Rest>
    : Text;
type Optional<Names extends string> = Names extends `${infer Name}?` ? Name : never;

/**
 * The parameters that a template, or messages of templates, ask for: `{{output}}` must be given, `{{expected?}}` may be
 * missing. Where a template is only known at run time: what a run gives.
 */
export type TemplateParams<Prompt> = Prompt extends string
  ? ParamsOf<Prompt>
  : Prompt extends readonly { readonly content: infer Content extends string }[]
    ? ParamsOf<Content>
    : never;
type ParamsOf<Text extends string> = string extends Text
  ? { readonly [Name in 'input' | 'output' | 'expected' | 'reference' | 'metadata']?: unknown }
  : { readonly [Name in Exclude<Roots<Text>, `${string}?`>]: unknown } & {
      readonly [Name in Optional<Roots<Text>>]?: unknown;
    };

interface Variable {
  readonly path: readonly string[];
  readonly optional: boolean;
}

/** A template that has been read: texts and variables by turns. */
export interface Template {
  readonly parts: readonly (string | Variable)[];
}

/** What stands for the value of an optional variable that is not there. */
const none = '(none given)';

/**
 * Reads `{{name}}`, `{{name.field}}` and `{{name?}}`, which may be missing.
 *
 * @throws AssayError `invalid-config`, with line and column, for a variable that is not offered and for anything else
 * between double braces.
 */
export function readTemplate(text: string, offered: readonly string[]): Template {
  const parts: (string | Variable)[] = [];
  let end = 0;
  for (let start = text.indexOf('{{'); start !== -1; start = text.indexOf('{{', end)) {
    const close = text.indexOf('}}', start);
    if (close === -1) throw invalid(text, start, 'braces to be closed by }}', 'none');
    const written = text.slice(start + 2, close).trim();
    const match = /^([\p{ID_Start}_][\p{ID_Continue}]*)((?:\.[\p{ID_Continue}-]+)*)(\?)?$/u.exec(written);
    if (match === null)
      throw invalid(
        text,
        start,
        'a variable such as {{output}}, {{input.question}} or {{expected?}}',
        `{{${written}}}`,
      );
    const [, root = '', fields = '', optional] = match;
    if (!offered.includes(root))
      throw invalid(text, start, `a variable out of ${offered.join(', ')}`, `{{${written}}}`);
    parts.push(text.slice(end, start), {
      path: [root, ...fields.split('.').slice(1)],
      optional: optional !== undefined,
    });
    end = close + 2;
  }
  return { parts: [...parts, text.slice(end)] };
}

/** The variables that must be given, such as `input.question`. */
export function requiredPaths({ parts }: Template): readonly string[] {
  return parts.flatMap((part) => (typeof part === 'string' || part.optional ? [] : [part.path.join('.')]));
}

/**
 * Fills a template. Every value stands between tags of its variable's name, and no value can close them: when one
 * contains the tag, the tag gets a number that none contains.
 *
 * @throws EvaluationError for a value that is missing.
 */
export function renderTemplate({ parts }: Template, params: object): string {
  const texts = parts.map((part) => (typeof part === 'string' ? part : valueOf(part, params)));
  const values = parts.flatMap((part, index) => (typeof part === 'string' ? [] : [texts[index]!]));
  return parts
    .map((part, index) => {
      if (typeof part === 'string') return part;
      const tag = freeTag(part.path.join('.'), values);
      return `<${tag}>\n${texts[index]!}\n</${tag}>`;
    })
    .join('');
}

function valueOf({ path, optional }: Variable, params: object): string {
  let value: unknown = params;
  for (const field of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, field)
        ? (value as Readonly<Record<string, unknown>>)[field]
        : undefined;
  }
  if (value === undefined || (value === null && optional)) {
    if (optional) return none;
    throw new EvaluationError(`Expected a value for {{${path.join('.')}}}, got none`);
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function freeTag(name: string, values: readonly string[]): string {
  for (let number = 1; ; number += 1) {
    const tag = number === 1 ? name : `${name}-${number}`;
    if (!values.some((value) => value.toLowerCase().includes(`/${tag.toLowerCase()}`))) return tag;
  }
}

function invalid(text: string, at: number, expected: string, got: string): AssayError {
  const lines = text.slice(0, at).split('\n');
  return new AssayError(
    'invalid-config',
    `Expected ${expected} at line ${lines.length}, column ${lines.at(-1)!.length + 1} of the prompt, got ${got}`,
  );
}
