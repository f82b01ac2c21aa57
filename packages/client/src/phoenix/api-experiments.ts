import { z } from 'zod';
import { hasStatus } from '../http-error.ts';
import { pathPart, type Transport } from '../transport.ts';
import {
  wireExperiment,
  wireIncompleteEvaluation,
  wireIncompleteRun,
  wireRecord,
  wireSavedTaskRun,
  wireTag,
  wireTaskRun,
} from '../wire/experiment.ts';
import type { WireExperiment, WireRecord, WireTag, WireTaskRun } from '../wire/experiment.ts';
import { wireData, wireId } from '../wire/page.ts';
import type { JsonObject } from '../wire/value.ts';
import { longTimeoutMs } from './api-datasets.ts';
import { listRecordsByGraphQL } from './graphql.ts';
import { pagesOf, type Page, readPage } from './lists.ts';

export interface ExperimentBody {
  readonly name?: string;
  readonly description?: string;
  readonly metadata: JsonObject;
  readonly version_id?: string;
  readonly splits?: readonly string[];
  readonly repetitions: number;
}

/** Runs of a page. An output may be large, so that not too many come at once. */
const runsOfAPage = 200;

/** The experiment routes of Phoenix. Ids are node ids, and are of the right kind. */
export class ExperimentApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async create(datasetId: string, body: ExperimentBody): Promise<WireExperiment> {
    const call = {
      what: 'create the experiment',
      method: 'POST',
      path: `/v1/datasets/${pathPart(datasetId)}/experiments`,
      body,
    } as const;
    return (await this.#transport.send(call, wireData(wireExperiment))).data.data;
  }

  async get(id: string): Promise<WireExperiment> {
    const call = { what: `get the experiment ${id}`, method: 'GET', path: pathOf(id) } as const;
    return (await this.#transport.send(call, wireData(wireExperiment))).data.data;
  }

  pages(datasetId: string): AsyncIterable<readonly WireExperiment[]> {
    return pagesOf(this.#transport, this.#experiments(datasetId, 50));
  }

  page(datasetId: string, limit: number, cursor: string | null): Promise<Page<WireExperiment>> {
    return readPage(this.#transport, this.#experiments(datasetId, limit), cursor);
  }

  async patch(
    id: string,
    body: { readonly name?: string; readonly description?: string | null; readonly metadata?: JsonObject },
  ): Promise<WireExperiment> {
    const call = { what: `change the experiment ${id}`, method: 'PATCH', path: pathOf(id), body } as const;
    return (await this.#transport.send(call, wireData(wireExperiment))).data.data;
  }

  async delete(id: string, deleteProject: boolean): Promise<void> {
    const query = deleteProject ? { delete_project: true } : {};
    await this.#transport.done({ what: `delete the experiment ${id}`, method: 'DELETE', path: pathOf(id), query });
  }

  /** Newest first. A missing experiment has none. */
  runPages(id: string): AsyncIterable<readonly WireTaskRun[]> {
    return pagesOf(this.#transport, this.#runs(id, runsOfAPage));
  }

  runPage(id: string, limit: number, cursor: string | null): Promise<Page<WireTaskRun>> {
    return readPage(this.#transport, this.#runs(id, limit), cursor);
  }

  /** Saves the outcome of a run: over a success the answer is 409. Twice is as once, but for that. */
  async saveRun(id: string, body: JsonObject) {
    const call = {
      what: `save a run of the experiment ${id}`,
      method: 'POST',
      path: `${pathOf(id)}/runs`,
      body,
      idempotent: true,
    } as const;
    return (await this.#transport.send(call, wireSavedTaskRun)).data.data;
  }

  /** Saves an evaluation in the place of the one of its name. */
  async saveEvaluation(body: JsonObject & { readonly name: string }): Promise<string> {
    const call = {
      what: `save the evaluation ${body.name}`,
      method: 'POST',
      path: '/v1/experiment_evaluations',
      body,
      idempotent: true,
    } as const;
    return (await this.#transport.send(call, wireId)).data.data.id;
  }

  /** Node ids of the examples of which a run is missing or failed. */
  async *incompleteExampleIds(id: string): AsyncGenerator<string, void, undefined> {
    const route = {
      what: `list what is missing of the experiment ${id}`,
      path: `${pathOf(id)}/incomplete-runs`,
      item: wireIncompleteRun,
      limit: 500,
    };
    for await (const page of pagesOf(this.#transport, route))
      for (const { dataset_example } of page) yield dataset_example.id;
  }

  /** Whether the run is a success without a successful evaluation of this name. */
  async lacksEvaluation(id: string, runId: string, name: string): Promise<boolean> {
    const route = {
      what: `look for the evaluation ${name}`,
      path: `${pathOf(id)}/incomplete-evaluations`,
      query: { evaluation_name: name },
      item: wireIncompleteEvaluation,
      limit: 1,
    };
    const { items } = await readPage(this.#transport, route, runId);
    return items[0]?.experiment_run.id === runId;
  }

  /** The evaluations of every run. */
  async records(id: string): Promise<readonly WireRecord[]> {
    const call = {
      what: `list the evaluations of the experiment ${id}`,
      method: 'GET',
      path: `${pathOf(id)}/json`,
      timeoutMs: longTimeoutMs,
    } as const;
    try {
      return (await this.#transport.send(call, z.array(wireRecord))).data;
    } catch (error) {
      // 404 stands for an experiment without runs as well; whoever asks has seen the experiment.
      if (hasStatus(error, 404)) return [];
      if (hasStatus(error, 500)) return listRecordsByGraphQL(this.#transport, id);
      throw error;
    }
  }

  /** A download as the server words it. @throws AssayError `not-found` also for an experiment without runs. */
  async download(id: string, format: 'json' | 'csv'): Promise<string> {
    const call = {
      what: `download the experiment ${id}`,
      method: 'GET',
      path: `${pathOf(id)}/${format}`,
      timeoutMs: longTimeoutMs,
    } as const;
    return (await this.#transport.text(call)).text;
  }

  async tags(id: string): Promise<readonly WireTag[]> {
    const call = { what: `list the tags of the experiment ${id}`, method: 'GET', path: `${pathOf(id)}/tags` } as const;
    return (await this.#transport.send(call, wireData(z.array(wireTag)))).data.data;
  }

  async saveTag(id: string, body: { readonly name: string; readonly description?: string | null }): Promise<WireTag> {
    const call = {
      what: `tag the experiment ${id}`,
      method: 'POST',
      path: `${pathOf(id)}/tags`,
      body,
      idempotent: true,
    } as const;
    return (await this.#transport.send(call, wireData(wireTag))).data.data;
  }

  async removeTag(id: string, name: string): Promise<void> {
    await this.#transport.done({
      what: `take the tag ${name} away`,
      method: 'DELETE',
      path: `${pathOf(id)}/tags/${pathPart(name)}`,
    });
  }

  #experiments(datasetId: string, limit: number) {
    return {
      what: `list the experiments of the dataset ${datasetId}`,
      path: `/v1/datasets/${pathPart(datasetId)}/experiments`,
      item: wireExperiment,
      limit,
    };
  }

  #runs(id: string, limit: number) {
    return { what: `list the runs of the experiment ${id}`, path: `${pathOf(id)}/runs`, item: wireTaskRun, limit };
  }
}

function pathOf(id: string): string {
  return `/v1/experiments/${pathPart(id)}`;
}
