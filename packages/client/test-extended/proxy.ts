import { connect, createServer, type Server, type Socket } from 'node:net';

/** A relay to a server, that can be stopped as if the network went down, and started again at the same address. */
export async function startProxy(target: string) {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  let port = 0;

  async function start(): Promise<void> {
    const relay = createServer((client) => {
      const upstream = connect(Number(targetPort), hostname);
      for (const [one, other] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        sockets.add(one);
        one
          .on('error', () => other.destroy())
          .on('close', () => {
            sockets.delete(one);
            other.destroy();
          });
        one.pipe(other);
      }
    });
    server = relay;
    await new Promise<void>((resolve) => relay.listen(port, '127.0.0.1', resolve));
    const address = relay.address();
    if (typeof address === 'object' && address !== null) port = address.port;
  }

  async function stop(): Promise<void> {
    const relay = server;
    server = undefined;
    if (relay === undefined) return;
    const closed = new Promise((resolve) => relay.close(resolve));
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  await start();
  return { url: `http://127.0.0.1:${port}`, start, stop };
}
