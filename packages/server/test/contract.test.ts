import { createPhoenixStore } from '@assay/client';
import { describeCatalog, describeExperimentStore } from '@assay/core/testing';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serve } from '../src/index.ts';
import type { RunningServer } from '../src/index.ts';

/* What every store promises, through our client, a socket and our server. */

let server: RunningServer;

beforeAll(async () => {
  server = await serve({ store: 'memory:', port: 0, host: '127.0.0.1', logger: pino({ level: 'silent' }) });
});

afterAll(() => server.close());

const openStore = () => createPhoenixStore({ endpoint: server.url });
const runner = { describe, test, expect };

describeExperimentStore('our server', openStore, runner);
describeCatalog('our server', openStore, runner);
