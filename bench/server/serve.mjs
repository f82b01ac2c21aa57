/*
 * Starts our server, as built, for the benchmarks: node bench/server/serve.mjs STORE PORT. In plain JavaScript, since what Node
 * loads to read TypeScript takes 17 MB that no server takes.
 */
import { setFlagsFromString } from 'node:v8';

const { serve } = await import('../../packages/server/dist/index.js');

process.stderr.write = () => true;
const server = await serve({ store: process.argv[2], port: Number(process.argv[3]) });
// As `assay serve` does.
setFlagsFromString('--heap-growing-percent=30');
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
