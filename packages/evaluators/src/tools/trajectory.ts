import { z } from 'zod';
import { type CodeEvaluator, defineEvaluator } from '../code-evaluator.ts';
import { nothingExpected, passed } from '../result.ts';
import { matchCount } from './match.ts';
import { type ArgumentMatch, fits, type ToolCall, type ToolCallLike, toolCallsOf } from './tool-call.ts';

/** The steps of an agent: tool calls, or names of steps. */
export type TrajectoryLike = readonly (string | ToolCallLike)[] | { readonly toolCalls: readonly ToolCallLike[] };

export interface TrajectoryOptions {
  /**
   * `exact`: the expected steps and no others, in order. `inOrder` (default): the expected steps in order, others may lie
   * between. `anyOrder`: the expected steps, in whatever order, others may be there. `subset`: no step but those expected.
   */
  readonly mode?: 'exact' | 'inOrder' | 'anyOrder' | 'subset' | undefined;
  /** How the arguments of tool calls are compared. Default `ignore`: by name alone. */
  readonly arguments?: ArgumentMatch | undefined;
}

/**
 * 1 when an agent took the expected steps, else 0: the exact, in-order and any-order matches of Vertex AI's trajectory
 * metrics, and the subset match of LangChain's `agentevals`.
 *
 * Range 0 or 1, higher is better. Labels `match`, `mismatch`. Skipped when nothing is expected (`null`, not an empty list).
 *
 * @example
 * ```ts
 * import { trajectory } from '@assay/evaluators';
 *
 * const { score } = trajectory({ output: ['search', 'read', 'answer'], expected: ['search', 'answer'] });
 * console.log(score, trajectory({ output: ['answer', 'search'], expected: ['search', 'answer'] }).score); // 1 0
 * ```
 */
export const trajectory: CodeEvaluator<
  { readonly output: TrajectoryLike; readonly expected: TrajectoryLike | null },
  TrajectoryOptions
> = defineEvaluator({
  name: 'trajectory',
  options: z.strictObject({
    mode: z.enum(['exact', 'inOrder', 'anyOrder', 'subset']).optional(),
    arguments: z.enum(['exact', 'subset', 'ignore']).optional(),
  }),
  evaluate: ({ output, expected }, { mode = 'inOrder', arguments: match = 'ignore' }) => {
    if (expected === null || expected === undefined) return nothingExpected;
    const [given, wanted] = [toolCallsOf('output', output), toolCallsOf('expected', expected)];
    const same = (step: ToolCall, other: ToolCall): boolean => fits(step, other, match);
    const names = { taken: given.map(({ name }) => name), expected: wanted.map(({ name }) => name) };
    return passed(modes[mode](given, wanted, same), ['match', 'mismatch'], { metadata: names });
  },
});

type Same = (step: ToolCall, other: ToolCall) => boolean;

const modes: Readonly<
  Record<
    'exact' | 'inOrder' | 'anyOrder' | 'subset',
    (given: readonly ToolCall[], wanted: readonly ToolCall[], same: Same) => boolean
  >
> = {
  exact: (given, wanted, same) =>
    given.length === wanted.length && given.every((step, index) => same(step, wanted[index]!)),
  inOrder: (given, wanted, same) => {
    let next = 0;
    for (const step of given) if (next < wanted.length && same(step, wanted[next]!)) next += 1;
    return next === wanted.length;
  },
  anyOrder: (given, wanted, same) => matchCount(given, wanted, same) === wanted.length,
  subset: (given, wanted, same) => matchCount(given, wanted, same) === given.length,
};
