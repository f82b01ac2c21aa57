import type { Store } from '@assay/store';
import type { EventHub } from '../event-hub.ts';
import type { JobRunner } from '../jobs/runner.ts';
import type { Metrics } from '../metrics.ts';

/** What routes work with. */
export interface Services {
  readonly store: Store;
  readonly hub: EventHub;
  readonly metrics: Metrics;
  readonly jobs: JobRunner;
  /** Ends what would last as long as the server. */
  readonly closing: AbortSignal;
}
