import type { Page, PageRequest } from './node-page.ts';

/** A span of a trace, as OpenTelemetry has it, with what OpenInference says of a model's call. */
export interface Span {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  readonly parentId: string | null;
  readonly projectName: string;
  readonly name: string;
  readonly kind: string;
  readonly status: 'UNSET' | 'OK' | 'ERROR';
  readonly statusMessage: string;
  /** Microseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly modelName: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly SpanEvent[];
}

/** Something that happened in a span. */
export interface SpanEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A span with its id. */
export interface NodeSpan extends Span {
  readonly id: string;
}

/** What experiments and spans are traced under. */
export interface Project {
  readonly name: string;
  /** `null` while it has no spans. */
  readonly id: string | null;
}

/** Which spans of a project are wanted. What is left out does not limit them. */
export interface SpanFilter {
  /** Microseconds since 1970, the end not included. */
  readonly startedFrom?: number | undefined;
  readonly startedBefore?: number | undefined;
  readonly traceIds?: readonly string[] | undefined;
  readonly spanIds?: readonly string[] | undefined;
  /** `null`: without a parent. */
  readonly parentId?: string | null | undefined;
  readonly names?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
}

/** A trace of a project. */
export interface ProjectTrace {
  readonly id: string;
  readonly traceId: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
}

/** What somebody says of a span or a trace. */
export interface TraceAnnotation {
  readonly target: 'span' | 'trace';
  /** 16 hex digits of a span, 32 of a trace. */
  readonly targetId: string;
  readonly name: string;
  /** Tells annotations of one name apart; empty when there is only one. */
  readonly identifier: string;
  readonly kind: 'CODE' | 'LLM' | 'HUMAN';
  readonly score: number | null;
  readonly label: string | null;
  readonly explanation: string | null;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** What the spans of a trace add up to. */
export interface Trace {
  readonly traceId: string;
  readonly startedAt: Date;
  /** From the first start to the last end, in milliseconds. */
  readonly latencyMs: number;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly modelNames: readonly string[];
}

/** The part of a node store that is about traces. */
export interface NodeTraceStore {
  /** Saves spans; one that is there already stays as it is. */
  saveSpans(spans: readonly Span[]): Promise<void>;
  /** Saves all of them, or none when some are there already. @returns The span ids of those. */
  createSpans(spans: readonly Span[]): Promise<readonly string[]>;
  /** Those of the traces that are known. */
  listTraces(traceIds: readonly string[]): Promise<readonly Trace[]>;
  /** A project by its name or its id. It is there when a span or an experiment names it. @throws AssayError `not-found`. */
  getProject(idOrName: string): Promise<Project>;
  /** Newest first. */
  listSpans(projectName: string, filter: SpanFilter, page: PageRequest): Promise<Page<NodeSpan>>;
  /** That whose first span came last comes first. */
  listProjectTraces(
    projectName: string,
    filter: Pick<SpanFilter, 'startedFrom' | 'startedBefore'>,
    page: PageRequest,
  ): Promise<Page<ProjectTrace>>;
  /**
   * Saves annotations, each in the place of that of its name and identifier. @returns Their ids.
   *
   * @param isKnownOnly - Refuses all of them when one is of a span or a trace that is not there (yet).
   * @throws AssayError `not-found`.
   */
  annotateTraces(annotations: readonly TraceAnnotation[], isKnownOnly: boolean): Promise<readonly string[]>;
}
