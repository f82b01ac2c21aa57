import { AssayError, messageOf } from '@assay/core/errors';

type ParquetModule = typeof import('parquet-wasm');

let loading: Promise<ParquetModule> | null = null;

/** What a browser can load WebAssembly from. */
export type ParquetSource = string | URL | Uint8Array | ArrayBuffer;

/**
 * Loads the Parquet reader and writer (5 MB of WebAssembly), which otherwise happens at the first call that needs it.
 *
 * In Node, Deno and Bun it is read from disk. In a browser it is fetched from beside the script of `parquet-wasm`; where
 * a bundler or a policy does not allow that, give its address or its bytes here, before the first use.
 *
 * @example
 * ```ts no-run
 * await loadParquet('/assets/parquet_wasm_bg.wasm');
 * ```
 *
 * @throws AssayError `unavailable` when it cannot be loaded. The next call tries again.
 */
export async function loadParquet(source?: ParquetSource): Promise<void> {
  await parquetModule(source);
}

/** The module, loaded once. */
export async function parquetModule(source?: ParquetSource): Promise<ParquetModule> {
  loading ??= load(source);
  try {
    return await loading;
  } catch (cause) {
    loading = null;
    throw new AssayError('unavailable', `Parquet could not be loaded: ${messageOf(cause)}`, { cause });
  }
}

async function load(source: ParquetSource | undefined): Promise<ParquetModule> {
  const module = await import('parquet-wasm');
  // The build for Node is ready once it is imported; that for a browser exports how to make it so.
  const initialize: unknown = 'default' in module ? module.default : undefined;
  if (typeof initialize === 'function') await initialize(source === undefined ? undefined : { module_or_path: source });
  return module;
}
