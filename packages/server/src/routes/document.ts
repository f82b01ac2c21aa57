import type { Hono } from 'hono';
import { html, raw } from 'hono/html';
import type { Api, OpenApiDocument } from '../api.ts';
import { phoenixVersion } from '../version.ts';

const info = {
  title: 'Assay',
  version: phoenixVersion,
  description:
    'Datasets, experiments and their results. The routes that Phoenix has behave as those of the version named here; ' +
    'application errors are plain text, and 422 of a request that is not as described is JSON.',
};

/** The description of the routes, for programs and for people. Added last, when all routes are there. */
export function addDocumentRoutes(api: Api, http: Hono): void {
  let document: OpenApiDocument | undefined;
  // Made when it is first asked for: it takes some 50 ms, for which no job should wait after a restart.
  const made = (): OpenApiDocument => (document ??= api.document(info));
  http.get('/openapi.json', (context) => context.json(made()));
  http.get('/docs', (context) => context.html(pageOf(made())));
}

function pageOf(document: OpenApiDocument) {
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
      path,
      method,
      ...operation,
    })),
  );
  const tags = [...new Set(routes.flatMap(({ tags: names = [] }) => names))];
  return html`<!doctype html>
    <html lang="en">
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>Assay: the API</title>
      <style>
        ${raw('body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}code{font-size:.95em}pre{overflow:auto;background:#8881;padding:1rem}summary{cursor:pointer}')}
      </style>
      <h1>Assay ${info.version}</h1>
      <p>${info.description} For programs: <a href="/openapi.json">/openapi.json</a>.</p>
      ${tags.map(
        (tag) =>
          html`<h2>${tag}</h2>
            ${routes.filter(({ tags: names = [] }) => names.includes(tag)).map(routeOf)}`,
      )}
      <h2>Schemas</h2>
      ${Object.entries(document.components?.schemas ?? {}).map(
        ([name, schema]) =>
          html`<details id="${name}">
            <summary><code>${name}</code></summary>
            <pre>${JSON.stringify(schema, null, 2)}</pre>
          </details>`,
      )}
    </html>`;
}

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: unknown;
  readonly requestBody?: unknown;
  readonly responses?: unknown;
}

function routeOf({
  path,
  method,
  summary,
  parameters,
  requestBody,
  responses,
}: Operation & { readonly path: string; readonly method: string }) {
  return html`<details>
    <summary><code>${method.toUpperCase()} ${path}</code> ${summary ?? ''}</summary>
    <pre>${JSON.stringify({ parameters, requestBody, responses }, null, 2)}</pre>
  </details>`;
}
