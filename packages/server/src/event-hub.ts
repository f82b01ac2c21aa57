/** Something that happened to an experiment, with the id that a watcher may go on from. */
export interface LiveEvent {
  /** `<epoch>-<n>`. */
  readonly id: string;
  readonly type: string;
  /** JSON. */
  readonly data: string;
}

interface Channel {
  readonly epoch: string;
  count: number;
  kept: LiveEvent[];
  readonly watchers: Set<() => void>;
}

/** Events of an experiment that are kept for watchers who come back. */
const keptCount = 1_000;

/** Experiments whose events are kept: those written to last. */
const channelCount = 200;

/** Stands between those who write and those who watch. A slow watcher loses events, and never slows a writer. */
export class EventHub {
  readonly #channels = new Map<string, Channel>();
  #epochs = 0;

  /** Whether anybody has watched anything of late: until then there is nobody to tell. */
  get isUsed(): boolean {
    return this.#channels.size > 0;
  }

  publish(experimentId: string, type: string, data: unknown): void {
    const channel = this.#channels.get(experimentId);
    if (!channel) return;
    const id = `${channel.epoch}-${++channel.count}`;
    channel.kept.push({ id, type, data: JSON.stringify(data) });
    // Cutting one at a time would move the rest each time.
    if (channel.kept.length >= 2 * keptCount) channel.kept = channel.kept.slice(-keptCount);
    for (const wake of channel.watchers) wake();
  }

  /** The id of the last event, from which a watcher goes on who has seen everything. */
  lastId(experimentId: string): string {
    const { epoch, count } = this.#channelOf(experimentId);
    return `${epoch}-${count}`;
  }

  /** The events after an id; `null` when it is not known any more. */
  since(experimentId: string, id: string): readonly LiveEvent[] | null {
    const { epoch, count, kept } = this.#channelOf(experimentId);
    const [, ofEpoch, digits] = /^(.+)-(\d+)$/.exec(id) ?? [];
    const seen = Number(digits);
    if (ofEpoch !== epoch || seen > count || seen < count - Math.min(kept.length, keptCount)) return null;
    return seen === count ? [] : kept.slice(seen - count);
  }

  /** How many are watching an experiment now. */
  watcherCount(experimentId: string): number {
    return this.#channels.get(experimentId)?.watchers.size ?? 0;
  }

  /** Calls `wake` at each event, until the signal ends it. */
  watch(experimentId: string, wake: () => void, signal: AbortSignal): void {
    const { watchers } = this.#channelOf(experimentId);
    watchers.add(wake);
    signal.addEventListener('abort', () => watchers.delete(wake), { once: true });
  }

  #channelOf(experimentId: string): Channel {
    const known = this.#channels.get(experimentId);
    if (known) {
      this.#channels.delete(experimentId);
      this.#channels.set(experimentId, known);
      return known;
    }
    const epoch = `${Date.now().toString(36)}.${++this.#epochs}`;
    const channel: Channel = { epoch, count: 0, kept: [], watchers: new Set() };
    this.#channels.set(experimentId, channel);
    for (const [id, { watchers }] of this.#channels) {
      if (this.#channels.size <= channelCount) break;
      if (watchers.size === 0 && id !== experimentId) this.#channels.delete(id);
    }
    return channel;
  }
}
