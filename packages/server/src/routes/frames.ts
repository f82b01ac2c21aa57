import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { Api } from '../api.ts';
import { attachment, streamBytes } from '../download.ts';
import { checkId } from '../node-id.ts';
import { writeParquetApart } from '../parquet-process.ts';
import type { Services } from './services.ts';

const arrow = 'application/vnd.apache.arrow.stream';
const parquet = 'application/vnd.apache.parquet';

/** A batch becomes a row group, of which readers like few. */
const rowsPerGroup = 16_384;

/** The runs frame as a file. */
export function addFrameRoutes(api: Api, { store }: Services): void {
  api.add(
    {
      method: 'get',
      path: '/v1/experiments/{experiment_id}/runs.arrow',
      summary: 'Download the runs frame as an Arrow IPC stream',
      tag: 'Analysis',
      rawAnswer: arrow,
      failures: [404],
    },
    async ({ params }) => {
      const id = checkId('Experiment', params.experiment_id);
      const { name } = await store.getExperiment(id);
      const { frameBatches, joinStreams } = await import('../arrow-stream.ts');
      return streamBytes(joinStreams(frameBatches(store, id, 4_096)), arrow, attachment(`${name}.arrows`));
    },
  );

  api.add(
    {
      method: 'get',
      path: '/v1/experiments/{experiment_id}/runs.parquet',
      summary: 'Download the runs frame as Parquet',
      tag: 'Analysis',
      rawAnswer: parquet,
      failures: [404],
    },
    async ({ params }) => {
      const id = checkId('Experiment', params.experiment_id);
      const { name } = await store.getExperiment(id);
      const { frameBatches } = await import('../arrow-stream.ts');
      const file = await writeParquetApart(frameBatches(store, id, rowsPerGroup));
      const stream = createReadStream(file.path);
      // The file is gone once it is sent, and also when whoever asked has left.
      stream.once('close', () => void file.release());
      const body = Readable.toWeb(stream) as ReadableStream<Uint8Array>;
      return new Response(body, { headers: { 'content-type': parquet, ...attachment(`${name}.parquet`) } });
    },
  );
}
