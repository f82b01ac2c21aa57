import { createConcurrency } from '@assay/core';
import type { Concurrency } from '@assay/core';
import type { StoredJob } from '@assay/store';

/** With fewer calls open than this, a server works on one range at a time. */
const fewestOfTwo = 4;

/** Divides the calls that a server may have open for a job over lanes, each of which works on a range after the other. */
export class LaneShares {
  readonly #lanes = new Set<Concurrency>();
  #share: number;

  constructor(job: Pick<StoredJob, 'maxConcurrency' | 'holders'>) {
    this.#share = shareOf(job);
  }

  /** Calls that may be open at once on this server. */
  get share(): number {
    return this.#share;
  }

  /** Lanes to begin with. While the last calls of one's range end, those of the other's begin. */
  open(): readonly Concurrency[] {
    const lanes = Array.from({ length: this.#share < fewestOfTwo ? 1 : 2 }, () => createConcurrency(1));
    // All from the start and each until its end: a part that is lent for a moment comes back too late.
    for (const lane of lanes) this.#lanes.add(lane);
    this.#spread();
    return lanes;
  }

  /** Whether a lane may take another range: the last one always, two only with enough calls for both. */
  mayGoOn(): boolean {
    return this.#lanes.size === 1 || this.#share >= fewestOfTwo;
  }

  close(lane: Concurrency): void {
    this.#lanes.delete(lane);
    this.#spread();
  }

  /** Heeds how many calls the job may have open, and how many servers hold it. */
  heed(job: Pick<StoredJob, 'maxConcurrency' | 'holders'>): void {
    const share = shareOf(job);
    if (share === this.#share) return;
    this.#share = share;
    this.#spread();
  }

  #spread(): void {
    let left = this.#share;
    let lanes = this.#lanes.size;
    for (const lane of this.#lanes) {
      const part = Math.max(1, Math.ceil(left / lanes));
      left -= part;
      lanes -= 1;
      if (part !== lane.limit) lane.change(part);
    }
  }
}

/** How many calls each of the holders of a job may have open. */
function shareOf({ maxConcurrency, holders }: Pick<StoredJob, 'maxConcurrency' | 'holders'>): number {
  return Math.max(1, Math.ceil(maxConcurrency / Math.max(1, holders)));
}
