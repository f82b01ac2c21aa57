import { type RateLimit, type RunSettings } from '@assay/core';
import type { DefinedExperiment } from './experiment-file.ts';
import { nonEmpty, positive, share, wholeNumber } from './option-values.ts';
import { checkedExportPath } from './export-path.ts';
import { Option } from '@commander-js/extra-typings';

/** The options that `run`, `resume` and `evaluate` share. What is given beats what the file says. */
export interface SettingFlags {
  readonly concurrency?: number | undefined;
  readonly retries?: number | undefined;
  /** Seconds. */
  readonly timeout?: number | undefined;
  /** Calls per minute. */
  readonly rateLimit?: number | undefined;
  /** US dollars that the experiment may spend. */
  readonly budgetUsd?: number | undefined;
  readonly budgetTokens?: number | undefined;
  /** US dollars of evaluators alone. */
  readonly budgetJudgeUsd?: number | undefined;
  readonly maxErrorRate?: number | undefined;
  readonly export?: readonly string[] | undefined;
}

export const settingOptions = {
  concurrency: new Option('--concurrency <n>', 'calls open at once, tasks and evaluations together').argParser(
    wholeNumber(1),
  ),
  retries: new Option('--retries <n>', 'calls after the first that a failing call may cost').argParser(wholeNumber(0)),
  timeout: new Option('--timeout <seconds>', 'what one attempt may take').argParser(positive('seconds')),
  rateLimit: new Option('--rate-limit <per minute>', 'calls that may start in a minute').argParser(
    positive('calls per minute'),
  ),
  budgetUsd: new Option('--budget-usd <dollars>', 'stop before the experiment has spent more').argParser(
    positive('dollars'),
  ),
  budgetTokens: new Option('--budget-tokens <n>', 'stop before it has used more tokens').argParser(wholeNumber(1)),
  budgetJudgeUsd: new Option('--budget-judge-usd <dollars>', 'leave evaluations out before they cost more').argParser(
    positive('dollars'),
  ),
  maxErrorRate: new Option(
    '--max-error-rate <rate>',
    'exit 3 when more of the finished task runs than this share failed',
  ).argParser(share),
  export: new Option(
    '--export <path>',
    'write the result to a .parquet, .arrow, .csv, .jsonl or .json file; may be repeated',
  ).argParser((path: string, before: readonly string[] | undefined): readonly string[] => [
    ...(before ?? []),
    checkedExportPath(nonEmpty(path)),
  ]),
};

/** The run settings of the file, with those of the command line in their place. What the experiment itself is comes along unread. */
export function settingsOf(defined: DefinedExperiment, flags: SettingFlags): RunSettings {
  const { concurrency, retries, timeout, rateLimit, budgetUsd, budgetTokens, budgetJudgeUsd } = flags;
  const caps = definedOnly({ usd: budgetUsd, tokens: budgetTokens, judgeUsd: budgetJudgeUsd });
  return {
    ...defined,
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(retries === undefined ? {} : { retries }),
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1000 }),
    ...(rateLimit === undefined ? {} : { rateLimit: limited(defined.rateLimit, rateLimit) }),
    ...(Object.keys(caps).length === 0 ? {} : { budget: { ...defined.budget, ...caps } }),
    printSummary: false,
  };
}

function definedOnly<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** What the file says of its limit stays, such as what a refusal looks like; a limiter of its own making gives way. */
function limited(limit: RateLimit | undefined, requestsPerMinute: number): RateLimit {
  return limit === undefined || 'take' in limit ? { requestsPerMinute } : { ...limit, requestsPerMinute };
}

/** The flags again, as they would be typed. */
export function settingArguments({
  concurrency,
  retries,
  timeout,
  rateLimit,
  budgetUsd,
  budgetTokens,
  budgetJudgeUsd,
  maxErrorRate,
}: SettingFlags): readonly string[] {
  const given = {
    '--concurrency': concurrency,
    '--retries': retries,
    '--timeout': timeout,
    '--rate-limit': rateLimit,
    '--budget-usd': budgetUsd,
    '--budget-tokens': budgetTokens,
    '--budget-judge-usd': budgetJudgeUsd,
    '--max-error-rate': maxErrorRate,
  };
  return Object.entries(given).flatMap(([flag, value]) => (value === undefined ? [] : [flag, String(value)]));
}
