import { AssayError } from '@assay/core/errors';

/** What must hold. At least one of `min`, `max`, `noRegression`, `maxErrorRate` is given. */
export interface GateRules {
  /** The least mean of an evaluator, or of `latency_ms`, `prompt_tokens`, `completion_tokens`, `cost_usd`. */
  readonly min?: Readonly<Record<string, number>> | undefined;
  /** The greatest mean. */
  readonly max?: Readonly<Record<string, number>> | undefined;
  /**
   * Metrics in which the candidate may not be significantly worse (a name, or `true`), or must be shown to be not worse
   * by a margin (a number of at least 0). Needs a comparison.
   */
  readonly noRegression?: readonly string[] | Readonly<Record<string, number | true>> | undefined;
  /** The greatest share of task runs that failed. */
  readonly maxErrorRate?: number | undefined;
  /** The least share of planned results that every metric of a rule must have. Default 0.95. */
  readonly minCoverage?: number | undefined;
  /** Tests `min` and `max` by the near end of the mean's 95 % interval. Default `false`. */
  readonly bound?: boolean | undefined;
}

/** The rules as lists, with their defaults. */
export interface Settings {
  readonly min: readonly (readonly [metric: string, threshold: number])[];
  readonly max: readonly (readonly [metric: string, threshold: number])[];
  readonly noRegression: readonly (readonly [metric: string, margin: number | true])[];
  readonly maxErrorRate: number | null;
  readonly minCoverage: number;
  readonly bound: boolean;
}

/** @throws AssayError `invalid-config` for rules that ask nothing, and for thresholds that cannot be. */
export function checkedRules(given: GateRules | undefined): Settings {
  const rules = given ?? {};
  const settings: Settings = {
    min: Object.entries(rules.min ?? {}),
    max: Object.entries(rules.max ?? {}),
    noRegression: regressionRules(rules.noRegression ?? []),
    maxErrorRate: rules.maxErrorRate ?? null,
    minCoverage: rules.minCoverage ?? 0.95,
    bound: rules.bound ?? false,
  };
  const count =
    settings.min.length + settings.max.length + settings.noRegression.length + (settings.maxErrorRate === null ? 0 : 1);
  if (count === 0)
    throw new AssayError('invalid-config', 'Expected a gate to have a rule: min, max, noRegression or maxErrorRate');
  const refuse = (name: string, expected: string, got: unknown) => {
    throw new AssayError('invalid-config', `Expected ${name} to be ${expected}, got ${String(got)}`);
  };
  for (const [metric, threshold] of [...settings.min, ...settings.max]) {
    if (!Number.isFinite(threshold)) refuse(`the threshold of '${metric}'`, 'a number', threshold);
  }
  for (const [metric, margin] of settings.noRegression) {
    if (margin !== true && !(margin >= 0 && Number.isFinite(margin)))
      refuse(`the margin of '${metric}'`, 'true or a number of at least 0', margin);
  }
  for (const [name, share] of Object.entries({
    maxErrorRate: settings.maxErrorRate ?? 0,
    minCoverage: settings.minCoverage,
  })) {
    if (!(share >= 0 && share <= 1)) refuse(name, 'from 0 to 1', share);
  }
  return settings;
}

function regressionRules(rules: NonNullable<GateRules['noRegression']>): Settings['noRegression'] {
  const isList = (given: typeof rules): given is readonly string[] => Array.isArray(given);
  return isList(rules) ? rules.map((metric) => [metric, true]) : Object.entries(rules);
}
