import { AssayError, type Evaluator, type EvaluatorParams, needObject } from '@assay/core';
import { bindPaths, type PathMapping } from './bind-paths.ts';
import { jsonDiff } from './json/json-diff.ts';
import { jsonSchema } from './json/json-schema.ts';
import { jsonValid } from './json/json-valid.ts';
import { costBelow } from './limits/cost-below.ts';
import { latencyBelow } from './limits/latency-below.ts';
import { numericDifference } from './numbers/numeric-difference.ts';
import { listF1 } from './retrieval/list-f1.ts';
import { mrr } from './retrieval/mrr.ts';
import { ndcg } from './retrieval/ndcg.ts';
import { precisionAtK } from './retrieval/precision-at-k.ts';
import { recallAtK } from './retrieval/recall-at-k.ts';
import { bleu } from './text/bleu.ts';
import { chrf } from './text/chrf.ts';
import { contains } from './text/contains.ts';
import { editDistance } from './text/edit-distance.ts';
import { embeddingSimilarity } from './text/embedding-similarity.ts';
import { exactMatch } from './text/exact-match.ts';
import { matchesRegex } from './text/matches-regex.ts';
import { rougeL } from './text/rouge-l.ts';
import { toolCalls } from './tools/tool-calls.ts';
import { trajectory } from './tools/trajectory.ts';

const builtins = {
  exact_match: exactMatch,
  contains,
  matches_regex: matchesRegex,
  edit_distance: editDistance,
  numeric_difference: numericDifference,
  json_valid: jsonValid,
  json_schema: jsonSchema,
  json_diff: jsonDiff,
  list_f1: listF1,
  precision_at_k: precisionAtK,
  recall_at_k: recallAtK,
  mrr,
  ndcg,
  rouge_l: rougeL,
  bleu,
  chrf,
  embedding_similarity: embeddingSimilarity,
  latency_below: latencyBelow,
  cost_below: costBelow,
  tool_calls: toolCalls,
  trajectory,
} as const;

/** The name of a code evaluator where evaluators are JSON: `exact_match`. */
export type BuiltinName = keyof typeof builtins;

/** All of them. */
export const builtinNames = Object.keys(builtins) as readonly BuiltinName[];

/** A code evaluator written as JSON. */
export interface BuiltinSpec {
  readonly builtin: string;
  /** Default: the evaluator's own name. */
  readonly name?: string | undefined;
  /** What each parameter is read from: `{ "output": "output.answer", "k": "metadata.k" }`. Default: the field of its name. */
  readonly mapping?: PathMapping | undefined;
  /** The evaluator's options. Of `embedding_similarity`, put the model in the place of its name first. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Makes the evaluator that JSON describes, as a server needs it.
 *
 * @throws AssayError `invalid-config` for a name that is not there, options that it cannot have, or a path that does not
 * begin with `input`, `output`, `expected`, `reference`, `metadata` or `taskRun`.
 *
 * @example
 * ```ts
 * import { createBuiltin } from '@assay/evaluators';
 *
 * const evaluator = createBuiltin({ builtin: 'exact_match', mapping: { expected: 'expected.answer' }, config: { ignoreCase: true } });
 * console.log(evaluator.name); // exactMatch
 * ```
 */
export function createBuiltin(spec: BuiltinSpec): Evaluator<EvaluatorParams<unknown, unknown>> {
  const { builtin, name, mapping = {}, config } = needObject('an evaluator as { builtin }', spec, 'invalid-config');
  if (!isBuiltin(builtin)) {
    throw new AssayError(
      'invalid-config',
      `Expected builtin to be ${builtinNames.join(', ')}, got ${JSON.stringify(builtin)}`,
    );
  }
  // The options are checked by the evaluator itself, so all of them can be treated as any one of them.
  const evaluator = (builtins[builtin] as unknown as typeof exactMatch).with(checkConfig(config));
  return { ...bindPaths(evaluator, mapping), name: name ?? evaluator.name };
}

function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(builtins, name);
}

function checkConfig(config: unknown = {}): object {
  if (typeof config !== 'object' || config === null || Array.isArray(config)) {
    throw new AssayError('invalid-config', `Expected config to be an object, got ${JSON.stringify(config)}`);
  }
  return config;
}
