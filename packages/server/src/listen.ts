import { AssayError } from '@assay/core';
import { openStore, type Store } from '@assay/store';
import type { Server as NodeServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isIP } from 'node:net';
import { pino } from 'pino';
import type { Logger } from 'pino';
import type { Registered } from './jobs/carrying.ts';
import { createServer } from './server.ts';

export interface ServeOptions {
  /** A URL for `openStore`, or a store that is open and is closed with the server. Default: `ASSAY_STORE`, else `file:.assay/assay.db`. */
  readonly store?: string | Store | undefined;
  /** Default: `ASSAY_HOST`, else `127.0.0.1`. */
  readonly host?: string | undefined;
  /** `0`: any that is free. Default: `ASSAY_PORT`, else 6006. */
  readonly port?: number | undefined;
  /** Default: `ASSAY_API_KEY`, else none. */
  readonly apiKey?: string | undefined;
  /** Allows other machines to ask without a key. */
  readonly insecure?: boolean | undefined;
  /** Functions that jobs may call by name: what the file of `assay serve --tasks` exports. */
  readonly registered?: Registered | undefined;
  /** Below which nothing is logged, where no logger is given. Default `info`: a line for each request. */
  readonly logLevel?: 'info' | 'warn' | undefined;
  /** Default: JSON lines on the standard error. */
  readonly logger?: Logger | undefined;
}

/** A server that listens. */
export interface RunningServer {
  /** As `http://127.0.0.1:6006`. */
  readonly url: string;
  /** Answers what has been asked, then closes the socket and the store. Connections that are still open after 5 s are cut. */
  close(): Promise<void>;
}

/** The standard error, where lines of busy moments are written together: a write for each takes a tenth of a small request. */
const logged = { dest: 2, minLength: 4_096, periodicFlush: 250 };

/** How long requests may take that were begun before the end, in milliseconds. */
const graceMs = 5_000;

/**
 * Opens the store and listens.
 *
 * @throws AssayError `invalid-config` for a host that other machines reach without a key, unless `insecure` is given, and
 * for a port that is none; `unavailable` when the port is taken; and what `openStore` throws.
 */
export async function serve(options: ServeOptions = {}): Promise<RunningServer> {
  const { host, port, apiKey } = settled(options);
  if (!isLoopback(host) && apiKey === undefined && !options.insecure) {
    throw new AssayError(
      'invalid-config',
      `Expected ASSAY_API_KEY to be set, since ${host} can be reached from other machines. Set it, or allow everyone with --insecure`,
    );
  }
  const logger =
    options.logger ??
    pino({ level: options.logLevel ?? 'info', redact: ['req.headers', 'headers'] }, pino.destination(logged));
  const { store: given, registered } = options;
  const store = typeof given === 'object' ? given : await openStore(given);
  const server = createServer({ store, apiKey, hosts: isIP(host) ? [] : [host], registered, logger });
  try {
    await server.started;
    const socket = await listen(server.fetch, host, port);
    const address = socket.address() as AddressInfo;
    const name = isIP(host) === 6 ? `[${host}]` : host;
    return {
      url: `http://${name}:${address.port}`,
      close: async () => {
        await server.close();
        await closed(socket);
        await store.close();
      },
    };
  } catch (error) {
    await server.close();
    await store.close();
    throw error;
  }
}

/** An option beats its environment variable, which beats the default; an empty variable counts as unset. */
function settled(options: ServeOptions) {
  const { ASSAY_HOST, ASSAY_PORT, ASSAY_API_KEY } = process.env;
  const port = options.port ?? Number(ASSAY_PORT || 6006);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new AssayError(
      'invalid-config',
      `Expected the port to be a whole number from 0 to 65535, got ${options.port ?? ASSAY_PORT}`,
    );
  return {
    port,
    host: options.host ?? (ASSAY_HOST || '127.0.0.1'),
    apiKey: options.apiKey ?? (ASSAY_API_KEY || undefined),
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

async function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  host: string,
  port: number,
): Promise<NodeServer> {
  const { serve: listenOn } = await import('@hono/node-server');
  return new Promise((resolve, reject) => {
    const socket = listenOn({ fetch, hostname: host, port }, () => resolve(socket)) as NodeServer;
    socket.once('error', (cause: NodeJS.ErrnoException) => {
      const reason = cause.code === 'EADDRINUSE' ? 'the port is taken' : cause.message;
      reject(new AssayError('unavailable', `Could not listen on ${host}:${port}: ${reason}`, { cause }));
    });
  });
}

function closed(socket: NodeServer): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => socket.closeAllConnections(), graceMs);
    // A connection is idle only once its last answer has been sent.
    const sweep = setInterval(() => socket.closeIdleConnections(), 20);
    socket.close(() => {
      clearTimeout(cut);
      clearInterval(sweep);
      resolve();
    });
  });
}
