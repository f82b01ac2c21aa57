/*
 * Asks a server for its health every 20 ms, in a thread of its own: beside the load it would measure how busy the load's own
 * event loop is. Started with the server's URL; told to stop, it answers with how long each answer took, in milliseconds.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { Load } from './load.ts';

const http = new Load(workerData as string, 1);
const over = new AbortController();
parentPort!.once('message', () => over.abort());

const taken: number[] = [];
while (!over.signal.aborted) {
  const startedAt = performance.now();
  await http.send('GET', '/healthz');
  taken.push(performance.now() - startedAt);
  await sleep(20);
}
http.close();
parentPort!.postMessage(taken);
