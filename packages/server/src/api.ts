import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context, Hono } from 'hono';
import { Failure } from './failure.ts';
import type { ValidationIssue } from './failure.ts';
import { readJson } from './request-body.ts';

type ParamsOf<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [Key in Name]: string } & ParamsOf<Rest>
  : unknown;

/** What a route takes and gives, from which requests are checked and the OpenAPI document is made. */
export interface Route<
  Path extends string,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path: Path;
  readonly summary: string;
  readonly tag: string;
  readonly query?: Query;
  readonly body?: Body;
  /** Media types of a body that the handler reads by itself. */
  readonly rawBody?: readonly string[];
  readonly status?: 200 | 201 | 202 | 204;
  readonly answer?: Answer;
  /** Media type of an answer that is no JSON, for which the handler gives a Response. */
  readonly rawAnswer?: string;
  /** Answers of failure beyond 422, which every route has. */
  readonly failures?: readonly number[];
}

interface Input<Path extends string, Query extends z.ZodObject, Body extends z.ZodType> {
  readonly params: ParamsOf<Path>;
  readonly query: z.output<Query>;
  readonly body: z.output<Body>;
  readonly request: Request;
}

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** Routes, and the document that describes them. */
export class Api {
  readonly #http: Hono;
  readonly #document = new OpenAPIHono();

  constructor(http: Hono) {
    this.#http = http;
  }

  /** Adds a route. Its handler gives the answer, or a Response of its own. */
  add<Path extends string, Query extends z.ZodObject, Body extends z.ZodType, Answer extends z.ZodType>(
    route: Route<Path, Query, Body, Answer>,
    handle: (input: Input<Path, Query, Body>) => Promise<z.input<Answer> | Response>,
  ): void {
    this.#describe(route);
    const path = route.path.replace(/\{(\w+)\}/g, ':$1');
    const names = namesIn(route.path);
    this.#http.on(route.method, path, async (context) => {
      const answer = await handle({
        params: paramsOf(context, names) as ParamsOf<Path>,
        query: readQuery(route.query, context.req.url) as z.output<Query>,
        body: (route.body && check(route.body, await readJson(context.req.raw), ['body'])) as z.output<Body>,
        request: context.req.raw,
      });
      if (answer instanceof Response) return answer;
      if (route.status === 204) return context.body(null, 204);
      return jsonResponse(answer, route.status ?? 200);
    });
  }

  /** OpenAPI 3.1. */
  document(info: { readonly title: string; readonly version: string; readonly description: string }): OpenApiDocument {
    return this.#document.getOpenAPI31Document({ openapi: '3.1.0', info });
  }

  #describe(route: Route<string, z.ZodObject, z.ZodType, z.ZodType>): void {
    const { method, path, summary, tag, query, body, rawBody, status = 200, answer, rawAnswer, failures = [] } = route;
    const names = namesIn(path);
    const params = z.object(Object.fromEntries(names.map((name) => [name, z.string()])));
    const contents = rawBody?.map((type) => [type, { schema: { type: 'string', format: 'binary' } }] as const);
    this.#document.openAPIRegistry.registerPath({
      method,
      path,
      summary,
      tags: [tag],
      operationId: operationId(method, path),
      request: {
        ...(names.length > 0 ? { params } : {}),
        ...(query ? { query } : {}),
        ...(body ? { body: { required: true, content: { 'application/json': { schema: body } } } } : {}),
        ...(contents ? { body: { required: true, content: Object.fromEntries(contents) } } : {}),
      },
      responses: {
        [status]: {
          description: 'As asked',
          ...(answer ? { content: { 'application/json': { schema: answer } } } : {}),
          ...(rawAnswer ? { content: { [rawAnswer]: { schema: { type: 'string' } } } } : {}),
        },
        422: {
          description: 'The request is not as described here',
          content: { 'application/json': { schema: validationFailure }, 'text/plain': { schema: z.string() } },
        },
        ...Object.fromEntries(failures.map((code) => [code, { description: meaning[code] ?? 'Failed', ...plain }])),
      },
    });
  }
}

/** Says its length, by which small answers are not compressed: that would cost more than all else about them. */
function jsonResponse(answer: unknown, status: number): Response {
  const body = JSON.stringify(answer);
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return new Response(body, { status, headers });
}

const plain = { content: { 'text/plain': { schema: z.string() } } };

const meaning: Readonly<Record<number, string>> = {
  400: 'The request lacks something',
  404: 'There is no such thing',
  409: 'Something is there already',
  415: 'The media type is another one',
  503: 'The store cannot be used now',
};

const validationFailure = z
  .object({
    detail: z.array(z.object({ type: z.string(), loc: z.array(z.union([z.string(), z.int()])), msg: z.string() })),
  })
  .openapi('ValidationFailure');

/** Checks a value from outside. @throws Failure 422 with everything that is wrong. */
export function check<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  loc: readonly (string | number)[],
): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const detail = read.error.issues.map((issue): ValidationIssue => ({
    type: issue.code,
    loc: [...loc, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))],
    msg: issue.message,
  }));
  throw new Failure(422, detail.map(({ msg }) => msg).join('; '), detail);
}

function readQuery(schema: z.ZodObject | undefined, url: string): unknown {
  if (!schema) return {};
  const given = new URL(url).searchParams;
  const entries = Object.entries(schema.shape).flatMap(([name, field]) => {
    const values = given.getAll(name);
    if (values.length === 0) return [];
    return [[name, isList(field as z.ZodType) ? values : values.at(-1)]];
  });
  return check(schema, Object.fromEntries(entries), ['query']);
}

function isList(field: z.ZodType): boolean {
  const inner = field instanceof z.ZodOptional || field instanceof z.ZodDefault ? field.unwrap() : field;
  return inner instanceof z.ZodArray;
}

function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!);
}

function paramsOf(context: Context, names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, context.req.param(name) ?? '']));
}

function operationId(method: string, path: string): string {
  const words = path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '' && word !== 'v1');
  return [method, ...words.map((word) => word[0]!.toUpperCase() + word.slice(1))].join('');
}
