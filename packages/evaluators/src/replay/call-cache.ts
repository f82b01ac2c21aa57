/**
 * Where answers of models are kept: `store.calls` of `@assay/store` keeps them with the experiments, `createCallCache` in
 * memory.
 */
export interface CallCache {
  /** What was put under the key; `null` when nothing was. */
  get(key: string): Promise<string | null>;
  /** Keeps a text under a key of 64 hex digits, in the place of what was there. */
  put(key: string, value: string): Promise<void>;
}

/** Keeps answers as long as the process lives. */
export function createCallCache(): CallCache {
  const kept = new Map<string, string>();
  return {
    get: async (key) => kept.get(key) ?? null,
    put: async (key, value) => {
      kept.set(key, value);
    },
  };
}
