import { AssayError } from '@assay/core';
import type { FormData } from 'undici';
import type { Call, Transport } from '../transport.ts';
import { wireUpload } from '../wire/dataset.ts';
import type { JsonObject } from '../wire/value.ts';
import { isBefore } from './version.ts';

/** What is uploaded: the lists have the length of `inputs`. */
export interface UploadBody {
  readonly action: 'create' | 'append' | 'update';
  readonly name: string;
  readonly description?: string;
  readonly inputs: readonly JsonObject[];
  readonly outputs: readonly JsonObject[];
  readonly metadata: readonly JsonObject[];
  readonly example_ids: readonly (string | null)[];
  readonly splits?: readonly (readonly string[])[];
}

/** Which version of which dataset holds what was uploaded. */
export interface Uploaded {
  readonly datasetId: string;
  readonly versionId: string;
}

/** An upload is answered when the server has written it all. */
const uploadTimeoutMs = 600_000;

/** Uploads of examples to Phoenix, as JSON and as a file. */
export class UploadApi {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async upload(body: UploadBody): Promise<Uploaded> {
    await this.#checkVersion();
    // Examples carry ids, so that the same upload twice is the same content: no new version.
    return this.#send({ what: `save the dataset ${body.name}`, body, idempotent: body.action !== 'create' });
  }

  async uploadForm(name: string, form: FormData): Promise<Uploaded> {
    await this.#checkVersion();
    return this.#send({ what: `upload a file to the dataset ${name}`, form });
  }

  async #send(call: Pick<Call, 'what' | 'body' | 'form' | 'idempotent'>): Promise<Uploaded> {
    const request = { ...call, method: 'POST', path: '/v1/datasets/upload', timeoutMs: uploadTimeoutMs } as const;
    const { data } = await this.#transport.send({ ...request, query: { sync: true } }, wireUpload);
    return { datasetId: data.data.dataset_id, versionId: data.data.version_id };
  }

  /** An older server would take the examples, and forget their ids. */
  async #checkVersion(): Promise<void> {
    const probe = { what: 'ask for the version of the server', method: 'GET', path: '/arize_phoenix_version' } as const;
    if (this.#transport.serverVersion() === null) await this.#transport.text(probe);
    const version = this.#transport.serverVersion();
    if (!isBefore(version, 15, 0)) return;
    throw new AssayError(
      'unsupported',
      `Expected Phoenix 15.0 or newer, which keeps the ids of examples, got ${version}: update the server`,
    );
  }
}
