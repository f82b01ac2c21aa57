import type { ServerResponse } from 'node:http';
import { json, type Seen, startServer } from './fixtures/server.ts';

export type Row = Record<string, unknown>;

/** An experiment as the server keeps it. */
export interface Experiment extends Row {
  readonly id: string;
  readonly name: string;
  readonly dataset_id: string;
}

/** A key that the server takes. */
export const axKey = 'ax-key-1234567890';

/** An id as AX makes it. */
export function axId(type: string, count: number): string {
  return Buffer.from(`${type}:${count}:abcd`).toString('base64');
}

const at = '2026-07-01T10:00:00Z';

/**
 * A small server with the datasets and experiments of the AX REST API v2, written from its documentation: opaque
 * cursors, names found by parts, limits of 1,000, unknown records swallowed, errors as problem+json.
 *
 * @param fail - Answers in place of the server with this status.
 */
export async function startAxServer(fail: (request: Seen, before: number) => number | undefined = () => undefined) {
  const datasets: Row[] = [];
  const examples = new Map<string, Row[]>();
  const experiments: Experiment[] = [];
  const runs = new Map<string, Row[]>();
  let count = 0;
  const nextId = (type: string): string => axId(type, ++count);

  function problem(response: ServerResponse, status: number, title: string, detail?: string): void {
    response
      .writeHead(status, { 'content-type': 'application/problem+json' })
      .end(JSON.stringify({ title, status, detail, type: 'about:blank' }));
  }

  function page(
    response: ServerResponse,
    query: URLSearchParams,
    key: string,
    rows: readonly Row[],
    max: number,
  ): void {
    const limit = Number(query.get('limit') ?? 50);
    if (limit < 1 || limit > max) return problem(response, 400, 'Bad Request', `limit must be from 1 to ${max}`);
    const from = query.has('cursor') ? Number(Buffer.from(query.get('cursor') ?? '', 'base64url').toString()) : 0;
    const hasMore = from + limit < rows.length;
    const pagination = {
      has_more: hasMore,
      ...(hasMore ? { next_cursor: Buffer.from(String(from + limit)).toString('base64url') } : {}),
    };
    json(response, 200, { [key]: rows.slice(from, from + limit), pagination });
  }

  function addDataset(name: string, rows: readonly Row[], spaceId = axId('Space', 1)): string {
    const id = nextId('Dataset');
    datasets.push({
      id,
      name,
      space_id: spaceId,
      space_name: 'my-space',
      created_at: at,
      updated_at: at,
      versions: [{ id: nextId('Version'), name: 'v1', dataset_id: id, created_at: at, updated_at: at }],
    });
    examples.set(
      id,
      rows.map((row) => ({ id: nextId('Example'), created_at: at, updated_at: at, ...row })),
    );
    return id;
  }

  function checkRuns(response: ServerResponse, list: unknown): list is Row[] {
    const isFine =
      Array.isArray(list) &&
      list.length >= 1 &&
      list.length <= 1000 &&
      list.every(
        (run: Row) =>
          typeof run['example_id'] === 'string' &&
          typeof run['output'] === 'string' &&
          Object.values(run).every((value) => typeof value !== 'object' || value === null),
      );
    if (!isFine)
      problem(
        response,
        422,
        'Unprocessable Entity',
        'experiment_runs must be 1 to 1000 flat runs with example_id and a text as output',
      );
    return isFine;
  }

  const addRuns = (id: string, list: readonly Row[]): string[] => {
    const added = list.map((run) => ({ ...run, id: nextId('Run'), annotations: [] }));
    runs.set(id, [...(runs.get(id) ?? []), ...added]);
    return added.map((run) => run.id);
  };

  function annotate(response: ServerResponse, body: Row, records: readonly Row[]): void {
    const list = body['annotations'] as { record_id: string; values: Row[] }[];
    if (list.length < 1 || list.length > 1000 || list.some(({ values }) => values.length === 0))
      return problem(response, 422, 'Unprocessable Entity', '1 to 1000 records, each with a value');
    for (const { record_id, values } of list) {
      const record = records.find(({ id }) => id === record_id);
      if (Array.isArray(record?.['annotations'])) record['annotations'].push(...values);
    }
    response.writeHead(202).end();
  }

  function onDataset(
    method: string,
    id: string,
    rest: string,
    query: URLSearchParams,
    body: Row,
    response: ServerResponse,
  ): void {
    const dataset = datasets.find((one) => one['id'] === id);
    if (dataset === undefined) return problem(response, 404, 'Not Found', `dataset ${id} does not exist`);
    const rows = examples.get(id) ?? [];
    if (rest === '' && method === 'GET') return json(response, 200, dataset);
    if (rest === '' && method === 'PATCH') return json(response, 200, Object.assign(dataset, { name: body['name'] }));
    if (rest === '' && method === 'DELETE') {
      datasets.splice(datasets.indexOf(dataset), 1);
      return void response.writeHead(204).end();
    }
    const versions = dataset['versions'] as Row[];
    if (rest === '/examples' && method === 'GET') return page(response, query, 'examples', rows, 500);
    if (rest === '/examples' && method === 'POST') {
      const added = (body['examples'] as Row[]).map((row) => ({
        ...row,
        id: nextId('Example'),
        created_at: at,
        updated_at: at,
      }));
      if (added.length < 1 || added.length > 1000)
        return problem(response, 422, 'Unprocessable Entity', '1 to 1000 examples');
      rows.push(...added);
      return json(response, 200, {
        ...dataset,
        dataset_version_id: versions[0]?.['id'],
        example_ids: added.map((row) => row.id),
      });
    }
    if (rest === '/examples' && method === 'PATCH') {
      for (const change of body['examples'] as Row[])
        Object.assign(rows.find((row) => row['id'] === change['id']) ?? {}, change);
      return json(response, 200, { ...dataset, dataset_version_id: versions[0]?.['id'] });
    }
    if (rest === '/examples' && method === 'DELETE') {
      const ids = body['example_ids'] as string[];
      examples.set(
        id,
        rows.filter((row) => !ids.includes(String(row['id']))),
      );
      return json(response, 200, { completed: true, deleted_example_ids: ids, not_deleted_example_ids: [] });
    }
    if (rest === '/examples/annotate') return annotate(response, body, rows);
    problem(response, 404, 'Not Found');
  }

  function onExperiment(
    method: string,
    id: string,
    rest: string,
    query: URLSearchParams,
    body: Row,
    response: ServerResponse,
  ): void {
    const experiment = experiments.find((one) => one.id === id);
    if (experiment === undefined) return problem(response, 404, 'Not Found', `experiment ${id} does not exist`);
    if (rest === '' && method === 'GET') return json(response, 200, experiment);
    if (rest === '' && method === 'DELETE') {
      experiments.splice(experiments.indexOf(experiment), 1);
      return void response.writeHead(204).end();
    }
    if (rest === '/runs' && method === 'GET') return page(response, query, 'experiment_runs', runs.get(id) ?? [], 500);
    if (rest === '/runs' && method === 'POST')
      return checkRuns(response, body['experiment_runs'])
        ? json(response, 201, { ...experiment, run_ids: addRuns(id, body['experiment_runs']) })
        : undefined;
    if (rest === '/runs/annotate') return annotate(response, body, runs.get(id) ?? []);
    problem(response, 404, 'Not Found');
  }

  function createExperiment(body: Row, response: ServerResponse): void {
    if (experiments.some((one) => one.name === body['name'] && one.dataset_id === body['dataset_id']))
      return problem(response, 409, 'Conflict', 'an experiment of this name exists');
    if (!checkRuns(response, body['experiment_runs'])) return;
    const experiment = {
      id: nextId('Experiment'),
      name: String(body['name']),
      dataset_id: String(body['dataset_id']),
      dataset_version_id: null,
      created_at: at,
      updated_at: at,
    };
    experiments.push(experiment);
    addRuns(experiment.id, body['experiment_runs']);
    json(response, 201, experiment);
  }

  const server = await startServer((request, response, before) => {
    const status = fail(request, before);
    if (status !== undefined)
      return problem(response, status, 'Asked to fail', `it said ${request.headers.authorization ?? 'nothing'}`);
    if (request.headers.authorization !== `Bearer ${axKey}`)
      return problem(response, 401, 'Unauthorized', 'invalid API key');
    const { pathname, searchParams } = new URL(request.url, 'http://host');
    const [, , kind = '', encoded = '', ...rest] = pathname.split('/');
    const id = decodeURIComponent(encoded);
    const body = request.body === '' ? {} : (JSON.parse(request.body) as Row);
    const named = (one: Row): boolean => String(one['name']).includes(searchParams.get('name') ?? '');
    if (kind === 'datasets' && id === '' && request.method === 'GET') {
      const ofSpace = (one: Row): boolean =>
        [one['space_id'], null].includes(searchParams.get('space_id')) &&
        [one['space_name'], null].includes(searchParams.get('space_name'));
      return page(
        response,
        searchParams,
        'datasets',
        datasets.filter((one) => named(one) && ofSpace(one)).map(({ versions: _versions, ...one }) => one),
        100,
      );
    }
    if (kind === 'datasets' && id === '') {
      const list = body['examples'] as Row[];
      if (list.length < 1 || list.length > 1000)
        return problem(response, 422, 'Unprocessable Entity', '1 to 1000 examples');
      const added = addDataset(String(body['name']), list, String(body['space_id']));
      return json(
        response,
        201,
        datasets.find((one) => one['id'] === added),
      );
    }
    if (kind === 'datasets')
      return onDataset(request.method, id, rest.length === 0 ? '' : `/${rest.join('/')}`, searchParams, body, response);
    if (kind === 'experiments' && id === '' && request.method === 'GET') {
      const ofDataset = (one: Experiment): boolean => [one.dataset_id, null].includes(searchParams.get('dataset_id'));
      return page(
        response,
        searchParams,
        'experiments',
        experiments.filter((one) => named(one) && ofDataset(one)),
        100,
      );
    }
    if (kind === 'experiments' && id === '') return createExperiment(body, response);
    if (kind === 'experiments')
      return onExperiment(
        request.method,
        id,
        rest.length === 0 ? '' : `/${rest.join('/')}`,
        searchParams,
        body,
        response,
      );
    problem(response, 404, 'Not Found');
  });
  return { ...server, addDataset, datasets, examples, experiments, runs };
}
