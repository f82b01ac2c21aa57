import { AssayError, type Example } from '@assay/core';
import { valueAt } from './template.ts';

/** How many examples are looked at: a variable that none of so many has is a mistake. */
const lookedAt = 1_000;

/**
 * Checks that examples have what prompts and mappings ask for, before anything is paid for.
 *
 * @throws AssayError `invalid-config` for a dataset without examples, and for a variable that no example has, with those
 * that there are.
 */
export async function checkVariables(variables: readonly string[], examples: AsyncIterable<Example>): Promise<void> {
  const missing = new Set(variables);
  let first: Example | undefined;
  let count = 0;
  for await (const example of examples) {
    first ??= example;
    for (const variable of missing) if (valueAt(example, variable) !== undefined) missing.delete(variable);
    count += 1;
    if (missing.size === 0 || count === lookedAt) break;
  }
  if (first === undefined) throw new AssayError('invalid-config', 'Expected a dataset with examples, got none');
  const [unknown] = missing;
  if (unknown === undefined) return;
  throw new AssayError(
    'invalid-config',
    `Expected the variables of templates and mappings to be in the examples, got ${JSON.stringify(unknown)}, which ${count === 1 ? 'the example does not have' : `none of ${count} examples has`}. There is ${pathsOf(first).join(', ')}`,
  );
}

/** Roots, and the first keys below them. */
function pathsOf({ input, expected, metadata }: Example): readonly string[] {
  return Object.entries({ input, expected, metadata }).flatMap(([root, value]) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    const keys = isObject ? Object.keys(value).slice(0, 20) : [];
    return keys.length === 0 ? [root] : keys.map((key) => `${root}.${key}`);
  });
}
