import type { Outcome } from './attempt.ts';
import type { Example } from './dataset.ts';
import { messageOf } from './errors.ts';
import type { NamedEvaluator } from './evaluator.ts';
import type { Experiment, TaskRun } from './experiment.ts';
import { asText, type Traced, traced } from './traced.ts';
import type { Tracer } from './tracer.ts';
import { readVerdict } from './verdict.ts';

/** Puts the calls of a run in spans, with attributes as OpenInference names them. Without a tracer it just makes them. */
export class Spans {
  readonly #tracer: Tracer | undefined;
  readonly #experiment: Experiment;
  #failures = 0;
  #failure: unknown;
  readonly #onTracerFailure = (error: unknown): void => {
    this.#failures += 1;
    this.#failure ??= error;
  };

  constructor(tracer: Tracer | undefined, experiment: Experiment) {
    this.#tracer = tracer;
    this.#experiment = experiment;
  }

  /** What to warn of when the tracer has thrown; `null` when it has not. */
  get warning(): string | null {
    const times = this.#failures;
    if (times === 0) return null;
    return `The tracer failed ${times === 1 ? 'once' : `${times} times`}, so that traces are missing or incomplete: ${messageOf(this.#failure)}`;
  }

  ofTask<T>(name: string, example: Example, repetition: number, call: () => Promise<Outcome<T>>): Promise<Traced<T>> {
    if (this.#tracer === undefined) return call().then(untraced);
    const attributes = this.#attributes(example, repetition, example.input);
    const span = { name: `Task: ${name || 'task'}`, kind: 'CHAIN', attributes } as const;
    return traced(this.#tracer, span, call, this.#onTracerFailure);
  }

  ofEvaluation<T>(
    { name, kind }: NamedEvaluator,
    example: Example,
    { output, repetition }: TaskRun,
    call: () => Promise<Outcome<T>>,
  ): Promise<Traced<T>> {
    if (this.#tracer === undefined) return call().then(untraced);
    const { input, expected } = example;
    const span = {
      name: `Evaluation: ${name}`,
      kind: 'EVALUATOR',
      attributes: {
        ...this.#attributes(example, repetition, { input, output, expected }),
        'evaluation.name': name,
        'evaluation.annotator_kind': kind,
      },
      resultAttributes,
    } as const;
    return traced(this.#tracer, span, call, this.#onTracerFailure);
  }

  #attributes({ id, metadata }: Example, repetition: number, input: unknown): Readonly<Record<string, unknown>> {
    const experiment = this.#experiment;
    return {
      'input.value': asText(input),
      'input.mime_type': typeof input === 'string' ? 'text/plain' : 'application/json',
      metadata: asText(metadata),
      'experiment.id': experiment.id,
      'experiment.name': experiment.name,
      'experiment.project_name': experiment.projectName,
      'dataset.id': experiment.datasetId,
      'dataset.version_id': experiment.datasetVersionId,
      'example.id': id,
      repetition,
    };
  }
}

/** What a verdict says. Several results of one evaluator are in the output alone. */
function resultAttributes(verdict: unknown): Readonly<Record<string, unknown>> {
  const [read, ...others] = readVerdict(verdict);
  if (read === undefined || read.part !== null || read.status === 'failed' || others.length > 0) return {};
  const { score, label, explanation } = read.result;
  return { 'evaluation.score': score, 'evaluation.label': label, 'evaluation.explanation': explanation };
}

function untraced<T>(outcome: Outcome<T>): Traced<T> {
  return { outcome, traceId: null };
}
