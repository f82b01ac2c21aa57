import { Failure } from './failure.ts';

/** An attribute that a span is to have. */
export interface AttributeFilter {
  readonly key: string;
  readonly value: string | number | boolean;
}

/** Reads `key:value`, the value as JSON where it is some. @throws Failure 422. */
export function attributeOf(given: string): AttributeFilter {
  const [, key = '', text = ''] = /^([^:]*):([\s\S]*)$/.exec(given) ?? [];
  if (key === '' || text === '')
    throw new Failure(422, `Expected attribute to be key:value, got ${JSON.stringify(given)}`);
  const value = readValue(text);
  if (typeof value === 'object')
    throw new Failure(422, `Expected the value of an attribute to be text, a number or a boolean, got ${text}`);
  return { key, value: value as AttributeFilter['value'] };
}

export function hasAttributes(
  attributes: Readonly<Record<string, unknown>>,
  wanted: readonly AttributeFilter[],
): boolean {
  return wanted.every(({ key, value }) => valueAt(attributes, key.split('.')) === value);
}

/** The value at a path, whose steps may stand in one key as OpenTelemetry writes them, or be nested. */
function valueAt(within: unknown, path: readonly string[]): unknown {
  if (path.length === 0) return within;
  if (typeof within !== 'object' || within === null) return undefined;
  for (let length = path.length; length > 0; length--) {
    const key = path.slice(0, length).join('.');
    if (!Object.hasOwn(within, key)) continue;
    const found = valueAt((within as Readonly<Record<string, unknown>>)[key], path.slice(length));
    if (found !== undefined) return found;
  }
  return undefined;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
