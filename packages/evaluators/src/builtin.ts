import { AssayError, type Evaluator, type EvaluatorParams } from '@assay/core';
import { z } from 'zod';
import { EvaluationError } from './evaluation-error.ts';
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
  readonly mapping?: Readonly<Record<string, string>> | undefined;
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
export function createBuiltin({
  builtin,
  name,
  mapping = {},
  config,
}: BuiltinSpec): Evaluator<EvaluatorParams<unknown, unknown>> {
  if (!isBuiltin(builtin))
    throw new AssayError(
      'invalid-config',
      `Expected builtin to be ${builtinNames.join(', ')}, got ${JSON.stringify(builtin)}`,
    );
  const evaluator = (builtins[builtin] as unknown as AnyBuiltin).with(checkConfig(config));
  const paths = Object.entries(mapping).map(([parameter, path]) => [parameter, readPath(parameter, path)] as const);
  return {
    name: name ?? evaluator.name,
    kind: evaluator.kind,
    direction: evaluator.direction,
    evaluate: (run) => {
      const mapped = Object.fromEntries(paths.map(([parameter, path]) => [parameter, valueAt(run, path)]));
      const { output, expected, taskRun, reportUsage } = run;
      return evaluator.evaluate({
        output,
        expected,
        taskRun,
        reportUsage,
        ...signalOf(builtin, run),
        ...mapped,
      } as never);
    },
  };
}

type AnyBuiltin = (typeof builtins)['exact_match'];

function isBuiltin(name: string): name is BuiltinName {
  return Object.hasOwn(builtins, name);
}

function checkConfig(config: unknown = {}): object {
  if (typeof config !== 'object' || config === null || Array.isArray(config))
    throw new AssayError('invalid-config', `Expected config to be an object, got ${JSON.stringify(config)}`);
  return config;
}

const roots = z.enum(['input', 'output', 'expected', 'reference', 'metadata', 'taskRun']);

function readPath(parameter: string, path: unknown): readonly string[] {
  const fields = typeof path === 'string' ? path.split('.') : [];
  if (!roots.safeParse(fields[0]).success || fields.includes('')) {
    throw new AssayError(
      'invalid-config',
      `Expected mapping.${parameter} to be a path such as "expected.answer" that begins with ${roots.options.join(', ')}, got ${JSON.stringify(path)}`,
    );
  }
  return fields;
}

function valueAt(run: object, path: readonly string[]): unknown {
  let value: unknown = run;
  for (const field of path) {
    const there = typeof value === 'object' && value !== null && Object.hasOwn(value, field);
    if (!there) {
      // An example may have nothing at the path of what is expected: that is for the evaluator to skip.
      if (path[0] === 'expected' || path[0] === 'reference') return null;
      throw new EvaluationError(`Expected a value at ${path.join('.')}, got none`);
    }
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  return value;
}

/** Only what asks a model needs the signal, and a run makes it when it is asked for. */
function signalOf(builtin: BuiltinName, run: EvaluatorParams<unknown, unknown>): { readonly signal?: AbortSignal } {
  return builtin === 'embedding_similarity' ? { signal: run.signal } : {};
}
