/**
 * The provider as a process of its own:
 *
 *   node tests/provider/main.ts '{ "port": 8080, "log": "calls.jsonl", "behaviour": { "latencyMs": 200 } }'
 */
import type { AddressInfo } from 'node:net';
import { createProviderServer, type ServerOptions } from './server.ts';

const { port, ...options } = JSON.parse(process.argv[2] ?? '{}') as ServerOptions & { readonly port?: number };
const server = createProviderServer({ ...options, log: options.log ?? 'calls.jsonl' });
server.listen(port ?? 0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  if (process.send) process.send(url);
  else console.log(url);
});
// Started by a test, it ends with it, however that ends.
process.on('disconnect', () => process.exit());
