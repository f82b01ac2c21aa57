import { MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { Answer, FromWorker, Request, ToWorker, WorkerInput } from './requests.ts';
import { toColumns } from './row-columns.ts';
import { createBatchRunner } from './sqlite-batch.ts';
import { fromSqlite } from './sqlite-errors.ts';
import { openSqliteFile } from './sqlite-file.ts';

/** Below this many rows columns are not worth their while. */
const fewRows = 16;

const { path, lockTimeoutMs } = workerData as WorkerInput;

function start(): void {
  const port = parentPort!;
  const say = (message: FromWorker) => port.postMessage(message);
  const file = openSqliteFile(path, { lockTimeoutMs });
  const runBatch = createBatchRunner(file, path);

  // In Deno the port to the parent cannot be asked for more: what has arrived meanwhile comes message by message.
  const next = (): ToWorker | undefined =>
    port instanceof MessagePort ? (receiveMessageOnPort(port)?.message as ToWorker | undefined) : undefined;

  port.on('message', (first: ToWorker) => {
    // Everything that has arrived while the last batch was written shares this one's transaction.
    const requests: Request[] = [];
    let message: ToWorker | undefined = first;
    for (; message && 'requests' in message; message = next()) {
      for (const request of message.requests) requests.push(request);
    }
    if (requests.length > 0)
      say({ answers: runBatch(requests).map((answer, index) => packed(requests[index]!, answer)) });
    if (message) {
      file.database.close();
      if (port instanceof MessagePort) port.close();
      else process.exit(0); // ends this thread alone
    }
  });
  say({ opened: true });
}

/** The answer as it is sent: long lists of rows as columns. */
function packed({ name }: Request, answer: Answer): Answer {
  if (!name.startsWith('list') || !('result' in answer) || !Array.isArray(answer.result)) return answer;
  return answer.result.length < fewRows ? answer : { rows: toColumns(answer.result) };
}

try {
  start();
} catch (error) {
  const { code, message } = fromSqlite(error, path);
  parentPort!.postMessage({ failed: { code, message } } satisfies FromWorker);
}
