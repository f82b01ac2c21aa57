import { AssayError } from '@assay/core';
import { readShape } from '../answer.ts';
import { hasStatus } from '../http-error.ts';
import { pathPart, type Transport } from '../transport.ts';
import { wireDataset, wireDatasetVersion, wireExample, wireExamples, wireSplit } from '../wire/dataset.ts';
import type { WireDataset, WireDatasetVersion, WireExample, WireSplit } from '../wire/dataset.ts';
import { wireData } from '../wire/page.ts';
import type { JsonObject } from '../wire/value.ts';
import { linesOf, pagesOf, type Page, readPage } from './lists.ts';
import { patchDatasetByGraphQL } from './graphql.ts';

export interface DatasetChanges {
  readonly name?: string | undefined;
  readonly description?: string | null | undefined;
  readonly metadata?: JsonObject | undefined;
}

/** What a dataset can be downloaded as; the last two are for OpenAI's fine-tuning and evals. */
export type DownloadFormat = 'csv' | 'jsonl' | 'jsonl/openai_ft' | 'jsonl/openai_evals';

/** Phoenix makes the whole of a download before it sends the first byte. */
export const longTimeoutMs = 300_000;

/** How often a download that breaks off is begun anew. */
const maxBreaks = 3;

/** The dataset routes of Phoenix. Ids are node ids, and are of the right kind. */
export class DatasetApi {
  readonly #transport: Transport;
  /** How this server changes a dataset; found out when it is first asked to. */
  #patch: 'unknown' | 'rest' | 'graphql' = 'unknown';

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async get(id: string): Promise<WireDataset> {
    try {
      const { data } = await this.#transport.send(
        { what: `get the dataset ${id}`, method: 'GET', path: pathOf(id) },
        wireData(wireDataset),
      );
      return data.data;
    } catch (error) {
      // Phoenix cannot count the examples of a dataset without any here. A list can, and begins at its cursor.
      const listed = hasStatus(error, 500) ? (await this.page(1, id)).items[0] : undefined;
      if (listed?.id !== id) throw error;
      return listed;
    }
  }

  async find(name: string): Promise<WireDataset | null> {
    const route = {
      what: `find the dataset ${name}`,
      path: '/v1/datasets',
      query: { name },
      item: wireDataset,
      limit: 2,
    };
    return (await readPage(this.#transport, route, null)).items.find((dataset) => dataset.name === name) ?? null;
  }

  pages(name?: string): AsyncIterable<readonly WireDataset[]> {
    return pagesOf(this.#transport, {
      what: 'list the datasets',
      path: '/v1/datasets',
      query: { name },
      item: wireDataset,
      limit: 50,
    });
  }

  page(limit: number, cursor: string | null, name?: string): Promise<Page<WireDataset>> {
    return readPage(
      this.#transport,
      { what: 'list the datasets', path: '/v1/datasets', query: { name }, item: wireDataset, limit },
      cursor,
    );
  }

  versionPages(id: string): AsyncIterable<readonly WireDatasetVersion[]> {
    return pagesOf(this.#transport, this.#versions(id, 100));
  }

  versionPage(id: string, limit: number, cursor: string | null): Promise<Page<WireDatasetVersion>> {
    return readPage(this.#transport, this.#versions(id, limit), cursor);
  }

  /** `null` for a dataset that was made without examples by an older server. */
  async newestVersion(id: string): Promise<WireDatasetVersion | null> {
    return (await readPage(this.#transport, this.#versions(id, 1), null)).items[0] ?? null;
  }

  async hasVersion(id: string, versionId: string): Promise<boolean> {
    for await (const page of this.versionPages(id))
      if (page.some(({ version_id }) => version_id === versionId)) return true;
    return false;
  }

  /**
   * The examples of a version in dataset order, with the splits they are in now. A version does not change, so that a
   * download that breaks off is begun anew, and what was given already is passed over.
   */
  async *examples(id: string, versionId: string): AsyncGenerator<WireExample, void, undefined> {
    let given = 0;
    for (let breaks = 0; ; breaks += 1) {
      let passed = 0;
      try {
        for await (const example of this.#download(id, versionId)) {
          if (passed++ < given) continue;
          given += 1;
          yield example;
        }
        return;
      } catch (error) {
        if (!AssayError.is(error) || error.code !== 'unavailable' || passed === 0 || breaks === maxBreaks) throw error;
      }
    }
  }

  async *#download(id: string, versionId: string): AsyncGenerator<WireExample, void, undefined> {
    const what = `list the examples of the dataset ${id}`;
    const query = { version_id: versionId };
    const body = this.#transport.stream({
      what,
      method: 'GET',
      path: `${pathOf(id)}/jsonl`,
      query,
      timeoutMs: longTimeoutMs,
    });
    for await (const line of linesOf(body)) {
      yield readShape(readLine(line, what), wireExample, what, this.#transport.serverVersion());
    }
  }

  /** @throws AssayError `not-found` when one of the splits does not exist. */
  async checkSplits(id: string, versionId: string, splits: readonly string[]): Promise<void> {
    const query = { version_id: versionId, split: splits };
    await this.#transport.send(
      { what: `read the splits ${splits.join(', ')}`, method: 'GET', path: `${pathOf(id)}/examples`, query },
      wireExamples,
    );
  }

  async delete(id: string): Promise<void> {
    await this.#transport.done({ what: `delete the dataset ${id}`, method: 'DELETE', path: pathOf(id) });
  }

  /** Phoenix has no route for this, but a GraphQL mutation; an Assay server has the route. */
  async patch(id: string, changes: DatasetChanges): Promise<void> {
    if (this.#patch !== 'graphql') {
      try {
        await this.#transport.send(
          { what: `change the dataset ${id}`, method: 'PATCH', path: pathOf(id), body: changes },
          wireData(wireDataset),
        );
        this.#patch = 'rest';
        return;
      } catch (error) {
        const hasNoRoute = AssayError.is(error) && (error.code === 'unsupported' || hasStatus(error, 404, 405));
        if (this.#patch === 'rest' || !hasNoRoute) throw error;
      }
    }
    await patchDatasetByGraphQL(this.#transport, id, changes);
    this.#patch = 'graphql';
  }

  splitPages(id: string): AsyncIterable<readonly WireSplit[]> {
    return pagesOf(this.#transport, this.#splits(id, 100));
  }

  splitPage(id: string, limit: number, cursor: string | null): Promise<Page<WireSplit>> {
    return readPage(this.#transport, this.#splits(id, limit), cursor);
  }

  async createSplit(
    id: string,
    body: { readonly name: string; readonly description?: string | null; readonly example_ids: readonly string[] },
  ): Promise<WireSplit> {
    const call = { what: `make the split ${body.name}`, method: 'POST', path: `${pathOf(id)}/splits`, body } as const;
    return (await this.#transport.send(call, wireData(wireSplit))).data.data;
  }

  async patchSplit(
    id: string,
    splitId: string,
    body: {
      readonly description?: string | null;
      readonly add_example_ids: readonly string[];
      readonly remove_example_ids: readonly string[];
    },
  ): Promise<WireSplit> {
    const call = {
      what: `change the split ${splitId}`,
      method: 'PATCH',
      path: `${pathOf(id)}/splits/${pathPart(splitId)}`,
      body,
    } as const;
    return (await this.#transport.send(call, wireData(wireSplit))).data.data;
  }

  async deleteSplit(id: string, splitId: string): Promise<void> {
    await this.#transport.done({
      what: `delete the split ${splitId}`,
      method: 'DELETE',
      path: `${pathOf(id)}/splits/${pathPart(splitId)}`,
    });
  }

  /** A download as the server words it. */
  async download(id: string, format: DownloadFormat, versionId: string | undefined): Promise<string> {
    const call = {
      what: `download the dataset ${id}`,
      method: 'GET',
      path: `${pathOf(id)}/${format}`,
      timeoutMs: longTimeoutMs,
      query: { version_id: versionId },
    } as const;
    return (await this.#transport.text(call)).text;
  }

  #splits(id: string, limit: number) {
    return { what: `list the splits of the dataset ${id}`, path: `${pathOf(id)}/splits`, item: wireSplit, limit };
  }

  #versions(id: string, limit: number) {
    return {
      what: `list the versions of the dataset ${id}`,
      path: `${pathOf(id)}/versions`,
      item: wireDatasetVersion,
      limit,
    };
  }
}

function pathOf(id: string): string {
  return `/v1/datasets/${pathPart(id)}`;
}

function readLine(line: string, what: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    const said = line.trimStart().startsWith('<')
      ? 'a page of HTML: an older server, or a proxy'
      : 'a line that is no JSON';
    throw new AssayError('unsupported', `Could not ${what}: the server answered with ${said}`, { cause });
  }
}
