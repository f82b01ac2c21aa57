export { type RunningServer, serve, type ServeOptions } from './listen.ts';
export type { Registered } from './jobs/carrying.ts';
export { createServer, type Server, type ServerOptions } from './server.ts';
