import { groupOf } from './languages.ts';

/** Whether the answer is the language of the text. */
export function exactLanguage({ output, expected }: { readonly output: string; readonly expected: string }): boolean {
  return output === expected;
}

/** Whether the answer is at least a language of the same group: Czech for Slovak is a smaller mistake than Turkish. */
export function sameGroup({ output, expected }: { readonly output: string; readonly expected: string }): boolean {
  return groupOf(output) === groupOf(expected);
}
