import { AssayError } from '@assay/core';
import mustache from 'mustache';

export type TemplateFormat = 'mustache' | 'f-string' | 'none';

/** What a template may ask for. */
export interface TemplateValues {
  readonly input: unknown;
  readonly expected: unknown;
  readonly metadata: unknown;
}

/** A template that has been read. */
export interface Template {
  /** The variables that every example must have, such as `input.question`. */
  readonly variables: readonly string[];
  /** @throws AssayError `invalid-input`, not to be tried again, for a variable that the example does not have. */
  render(values: TemplateValues): string;
}

const roots = ['input', 'expected', 'metadata'];

/**
 * Reads `{{input.question}}` (mustache, with sections), or `{input.question}` (f-string, where `{{` is a brace). A value
 * that is no text is written as JSON, and `null` as nothing.
 *
 * @throws AssayError `invalid-config` for what cannot be read, and for variables that begin with anything else than
 * `input`, `expected` or `metadata`.
 */
export function readTemplate(source: string, format: TemplateFormat): Template {
  const template =
    format === 'none' ? plain(source) : format === 'f-string' ? readFString(source) : readMustache(source);
  for (const variable of template.variables) {
    if (roots.includes(variable.split('.')[0]!)) continue;
    throw new AssayError(
      'invalid-config',
      `Expected the variables of a template to begin with ${roots.join(', ')}, got ${JSON.stringify(variable)}: write ${JSON.stringify(`input.${variable}`)} for a field of the input`,
    );
  }
  return template;
}

/** The value at a path of own keys; `undefined` when there is none. */
export function valueAt(values: TemplateValues, path: string): unknown {
  let value: unknown = values;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function plain(source: string): Template {
  return { variables: [], render: () => source };
}

function readFString(source: string): Template {
  const parts: { readonly text: string; readonly variable: string | null }[] = [];
  let text = '';
  for (let at = 0; at < source.length; at += 1) {
    const two = source.slice(at, at + 2);
    if (two === '{{' || two === '}}') {
      text += two[0];
      at += 1;
    } else if (source[at] === '{') {
      const end = source.indexOf('}', at);
      const variable = source.slice(at + 1, end === -1 ? undefined : end).trim();
      if (end === -1 || !/^\w+(\.[\w-]+)*$/.test(variable)) throw unreadable(source, at, `{${variable}}`);
      parts.push({ text, variable });
      text = '';
      at = end;
    } else if (source[at] === '}') {
      throw unreadable(source, at, '}');
    } else text += source[at];
  }
  parts.push({ text, variable: null });
  return {
    variables: parts.flatMap(({ variable }) => variable ?? []),
    render: (values) =>
      parts.map(({ text: before, variable }) => before + (variable === null ? '' : given(values, variable))).join(''),
  };
}

function unreadable(source: string, at: number, got: string): AssayError {
  const lines = source.slice(0, at).split('\n');
  return new AssayError(
    'invalid-config',
    `Expected a variable such as {input.question}, or a brace written twice, at line ${lines.length}, column ${lines.at(-1)!.length + 1} of the template, got ${got}`,
  );
}

type Token = readonly [type: string, value: string, start: number, end: number, inner?: readonly Token[]];

function readMustache(source: string): Template {
  const writer = new mustache.Writer();
  // Prompts are no HTML: `{{x}}` and `{{{x}}}` are the same.
  writer.unescapedValue = (token, context) => writer.escapedValue(token, context, { escape: textOf });
  let tokens: readonly Token[];
  try {
    tokens = writer.parse(source) as readonly Token[];
  } catch (cause) {
    throw new AssayError('invalid-config', `Could not read the template: ${(cause as Error).message}`, { cause });
  }
  const partial = find(tokens, '>');
  if (partial !== null)
    throw new AssayError('invalid-config', `Expected a template without partials, got {{> ${partial}}}`);
  // What stands in a section is read from what the section goes through, so only what is outside must be there.
  const variables = tokens.flatMap(([type, value]) => (type === 'name' || type === '&' ? [value] : []));
  return {
    variables,
    render: (values) => {
      for (const variable of variables) given(values, variable);
      return writer.render(source, { ...values }, undefined, { escape: textOf });
    },
  };
}

function find(tokens: readonly Token[], wanted: string): string | null {
  for (const [type, value, , , inner] of tokens) {
    const found = type === wanted ? value : Array.isArray(inner) ? find(inner, wanted) : null;
    if (found !== null) return found;
  }
  return null;
}

function given(values: TemplateValues, variable: string): string {
  const value = valueAt(values, variable);
  if (value !== undefined) return textOf(value);
  // No call is made for such a row, and no other try helps it.
  throw Object.assign(new AssayError('invalid-input', `The example has no ${variable}, which the template asks for`), {
    isRetryable: false,
  });
}

function textOf(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
