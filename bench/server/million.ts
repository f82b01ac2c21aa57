/*
 * One experiment of many runs, listed, summarised and exported, and the memory that the server takes for it:
 *
 *   node bench/server/million.ts [runs]
 */
import { Load, makeExperiment, perSecond, runBody } from './load.ts';
import { startOurs } from './subject.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const examples = 50_000;
const repetitions = Math.ceil(count / examples);

const subject = await startOurs();
try {
  const http = new Load(subject.url, 4);
  const { datasetId, nodeIds } = await makeExperiment(http, Math.min(examples, count));
  const created = await http.json<{ data: { id: string } }>('POST', `/v1/datasets/${datasetId}/experiments`, {
    repetitions,
  });
  const path = `/v1/experiments/${created.data.id}`;
  const size = 1_000;
  const pages = count / size;
  const rate = await perSecond(pages, 4, (page) => {
    const runs = Array.from({ length: size }, (_, index) => {
      const place = page * size + index;
      return {
        ...runBody(nodeIds[place % nodeIds.length]!),
        output: 'yes',
        repetition_number: 1 + Math.floor(place / nodeIds.length),
      };
    });
    return http.send('POST', `${path}/runs/bulk`, { runs });
  });
  console.log(`saved ${count} runs: ${Math.round(rate * size)} rows/s, peak ${Math.round(subject.peakMb())} MB`);

  await timed('listed by pages of 1,000', async () => {
    for (let cursor = ''; ;) {
      type Page = { next_cursor: string | null };
      const { next_cursor } = await http.json<Page>(
        'GET',
        `${path}/runs?limit=1000&cursor=${encodeURIComponent(cursor)}`,
      );
      if (next_cursor === null) return;
      cursor = next_cursor;
    }
  });
  await timed('summarised', () => http.send('GET', `${path}/summary`));
  await timed('exported as Arrow', () => http.send('GET', `${path}/runs.arrow`));
  let childPeakMb = 0;
  const watching = setInterval(() => (childPeakMb = Math.max(childPeakMb, subject.childPeakMb())), 20);
  await timed('exported as Parquet', () => http.send('GET', `${path}/runs.parquet`));
  clearInterval(watching);
  console.log(`the process that wrote Parquet: at most ${Math.round(childPeakMb)} MB`);
  http.close();
} finally {
  await subject.stop();
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  await work();
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `${what}: ${seconds.toFixed(1)} s, peak so far ${Math.round(subject.peakMb())} MB, now ${Math.round(subject.memoryMb())} MB`,
  );
}
