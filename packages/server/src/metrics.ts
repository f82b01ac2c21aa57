import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Counts requests for Prometheus. */
export interface Metrics {
  /** @param route - The path as it was declared, so that ids do not make a series each. */
  observe(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  text(): Promise<{ readonly type: string; readonly body: string }>;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'assay_' });
  const labelNames = ['method', 'route', 'status'];
  const requests = new Counter({
    name: 'assay_http_requests_total',
    help: 'Requests answered',
    labelNames,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'assay_http_request_duration_seconds',
    help: 'Time until the answer began',
    labelNames: ['method', 'route'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    registers: [registry],
  });
  return {
    observe: ({ method, route, status, seconds: taken }) => {
      requests.inc({ method, route, status: String(status) });
      seconds.observe({ method, route }, taken);
    },
    text: async () => ({ type: registry.contentType, body: await registry.metrics() }),
  };
}
