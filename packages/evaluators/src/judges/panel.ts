import { AssayError, type Direction, type EvaluationResult, messageOf, needObject } from '@assay/core';
import { defineJudge, type Judge, type JudgeOptions } from './judge.ts';

/** A member of a panel: a judge, or any evaluator that gives a full result. */
export interface PanelMember<Params> {
  readonly name: string;
  readonly direction?: Direction | undefined;
  readonly evaluate: (params: Params) => EvaluationResult | PromiseLike<EvaluationResult>;
}

/** What all members of a panel together ask for. */
export type PanelParams<Members extends readonly PanelMember<never>[]> = Members[number]['evaluate'] extends (
  params: infer Params,
) => unknown
  ? Params
  : never;

export interface PanelOptions<Members extends readonly PanelMember<never>[]> extends Pick<
  JudgeOptions,
  'retries' | 'timeoutMs' | 'rateLimit'
> {
  readonly name: string;
  /** At least two, with names that differ. */
  readonly judges: Members;
  /** How many must have voted. Default: all. With fewer, the members that failed are named in the metadata. */
  readonly atLeast?: number | undefined;
  /** Default: the direction that the judges share. */
  readonly direction?: Direction | undefined;
}

/**
 * Makes a judge of several: the score is the mean of theirs, the label the one that more of them gave than any other
 * (`null` when there is none such).
 *
 * In the metadata: `agreement`, the share of pairs of judges that gave the same label (the same score, where there are no
 * labels), and `votes`. Judges are asked one after the other, within one time-out. When a judge fails, so does the evaluation, unless at least
 * `atLeast` others voted. Skipped when every judge skips.
 *
 * @throws AssayError `invalid-config`.
 *
 * @example
 * ```ts
 * import { correctness, createPanel } from '@assay/evaluators';
 * import type { LanguageModel } from 'ai';
 *
 * export const jury = (small: LanguageModel, large: LanguageModel) =>
 *   createPanel({ name: 'jury', judges: [correctness(small, { name: 'small' }), correctness(large, { name: 'large' })] });
 * ```
 */
export function createPanel<const Members extends readonly PanelMember<never>[]>(
  options: PanelOptions<Members>,
): Judge<PanelParams<Members>> {
  const { judges } = needObject('a panel as { name, judges }', options, 'invalid-config');
  const atLeast = options.atLeast ?? judges?.length;
  checkPanel(options, atLeast);
  return defineJudge<PanelParams<Members>>({
    ...options,
    direction: options.direction ?? judges[0]?.direction ?? 'maximize',
    fingerprint: judges.map((judge) => ('fingerprint' in judge ? judge.fingerprint : judge.name)),
    judge: async (params) => {
      const results: { readonly judge: string; readonly result: EvaluationResult }[] = [];
      const failures: { readonly judge: string; readonly error: unknown }[] = [];
      for (const judge of judges) {
        try {
          results.push({ judge: judge.name, result: await judge.evaluate(params as never) });
        } catch (error) {
          failures.push({ judge: judge.name, error });
          if (isRefusal(error) || judges.length - failures.length < atLeast) throw error;
        }
      }
      const votes = results.filter(({ result }) => result.score !== null || result.label !== null);
      if (votes.length === 0) return results[0]!.result;
      return together(votes, failures);
    },
  });
}

/** A provider's "slow down" is for the limiter of the run, which must hear it. */
function isRefusal(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    (error.statusCode === 429 || error.statusCode === 529)
  );
}

function together(
  votes: readonly { readonly judge: string; readonly result: EvaluationResult }[],
  failures: readonly { readonly judge: string; readonly error: unknown }[],
): EvaluationResult {
  const scores = votes.flatMap(({ result: { score } }) => (score === null ? [] : [score]));
  const said = votes.map(({ result: { label, score } }) => label ?? String(score));
  return {
    score: scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length,
    label: mostFrequent(votes.flatMap(({ result: { label } }) => (label === null ? [] : [label]))),
    explanation: votes
      .map(
        ({ judge, result }) =>
          `${judge}: ${result.label ?? result.score}${result.explanation === null ? '' : `. ${result.explanation}`}`,
      )
      .join('\n'),
    metadata: {
      agreement: agreement(said),
      votes: votes.map(({ judge, result: { score, label, explanation } }) => ({ judge, score, label, explanation })),
      ...(failures.length === 0
        ? {}
        : { failed: failures.map(({ judge, error }) => ({ judge, error: messageOf(error) })) }),
    },
  };
}

/** The share of pairs that say the same; `null` for a single vote. */
function agreement(said: readonly string[]): number | null {
  const pairs = said.flatMap((one, index) => said.slice(index + 1).map((other) => one === other));
  return pairs.length === 0 ? null : pairs.filter(Boolean).length / pairs.length;
}

function mostFrequent(labels: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const [first, second] = [...counts].sort(([, a], [, b]) => b - a);
  return first === undefined || first[1] === second?.[1] ? null : first[0];
}

function checkPanel({ name, judges, direction }: PanelOptions<readonly PanelMember<never>[]>, atLeast: number): void {
  const invalid = (expected: string, got: unknown): AssayError =>
    new AssayError('invalid-config', `Expected panel ${name} to have ${expected}, got ${String(got)}`);
  if (!Array.isArray(judges) || judges.length < 2)
    throw invalid('at least two judges', Array.isArray(judges) ? judges.length : typeof judges);
  const names = judges.map((judge) => judge.name);
  if (new Set(names).size < names.length) throw invalid('judges whose names differ', names.join(', '));
  if (!Number.isInteger(atLeast) || atLeast < 1 || atLeast > judges.length)
    throw invalid(`atLeast between 1 and ${judges.length}`, atLeast);
  const directions = new Set(judges.map((judge) => judge.direction ?? 'maximize'));
  if (direction === undefined && directions.size > 1)
    throw invalid('judges of one direction, or a direction of its own', [...directions].join(', '));
}
