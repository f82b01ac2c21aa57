import { setTimeout as sleep } from 'node:timers/promises';

/** A job as the server tells it, as far as these tests look. */
export interface Job {
  readonly experiment_id: string;
  readonly status: 'RUNNING' | 'COMPLETED' | 'STOPPED' | 'ERROR';
  readonly expected_run_count: number;
  readonly completed_run_count: number;
  readonly failed_run_count: number;
  readonly completed_evaluation_count: number;
  readonly in_flight_count: number;
  readonly last_error: unknown;
}

/** The routes of background jobs, called as any client would. */
export class JobsApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** @returns The id of a dataset whose examples have these inputs. */
  async upload(name: string, inputs: readonly object[]): Promise<string> {
    const body = { action: 'create', name, inputs };
    const { data } = await this.#send<{ data: { dataset_id: string } }>('POST', '/v1/datasets/upload?sync=true', body);
    return data.dataset_id;
  }

  /** @returns The id of the experiment. */
  async start(datasetId: string, job: object): Promise<string> {
    type Started = { data: { experiment: { id: string } } };
    const { data } = await this.#send<Started>('POST', `/v1/datasets/${datasetId}/experiment_jobs`, job);
    return data.experiment.id;
  }

  async job(experimentId: string): Promise<Job> {
    return (await this.#send<{ data: Job }>('GET', `/v1/experiments/${experimentId}/job`)).data;
  }

  async stop(experimentId: string): Promise<Job> {
    return (await this.#send<{ data: Job }>('POST', `/v1/experiments/${experimentId}/job/stop`)).data;
  }

  async resume(experimentId: string, body: object = {}): Promise<Job> {
    return (await this.#send<{ data: Job }>('POST', `/v1/experiments/${experimentId}/job/resume`, body)).data;
  }

  /** Resolves once the job has one of these states. Answers that fail meanwhile do not count. */
  async until(experimentId: string, statuses: readonly Job['status'][], timeoutMs = 60_000): Promise<Job> {
    const deadline = performance.now() + timeoutMs;
    let job: Job | undefined;
    for (;;) {
      job = await this.job(experimentId).catch(() => job);
      if (job && statuses.includes(job.status)) return job;
      if (performance.now() > deadline)
        throw new Error(`Expected ${statuses.join(' or ')} within ${timeoutMs} ms, got ${JSON.stringify(job)}`);
      await sleep(20);
    }
  }

  /**
   * Watches an experiment until the connection ends, and resolves once it sees.
   *
   * @returns The ids of the records that were acknowledged as saved, which grows.
   */
  async watch(experimentId: string): Promise<Set<string>> {
    const saved = new Set<string>();
    const events = eventsOf(await fetch(`${this.url}/v1/experiments/${experimentId}/events`));
    // The snapshot: whatever is saved from now on is told.
    await events.next();
    const heed = async (): Promise<void> => {
      for await (const { type, data } of events)
        if (type.endsWith('-saved')) saved.add((JSON.parse(data) as { run: { id: string } }).run.id);
    };
    // The connection ends with the server, which is what these tests are about.
    void heed().catch(() => {});
    return saved;
  }

  async #send<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}

async function* eventsOf({ body }: Response): AsyncGenerator<{ readonly type: string; readonly data: string }> {
  let rest = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split('\n\n');
    rest = parts.pop()!;
    for (const part of parts) {
      const [, type, data] = /event: (.*)\ndata: (.*)/.exec(part) ?? [];
      if (type !== undefined && data !== undefined) yield { type, data };
    }
  }
}
