/* Starts our server, as built, for the benchmarks: node bench/server/serve.ts STORE PORT. */
const { serve } = (await import('../../packages/server/dist/index.js' as string)) as {
  serve(options: { store: string; port: number }): Promise<{ url: string; close(): Promise<void> }>;
};

process.stderr.write = () => true;
const server = await serve({ store: process.argv[2]!, port: Number(process.argv[3]) });
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
