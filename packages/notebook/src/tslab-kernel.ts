import { createRequire } from 'node:module';
import { type DisplayMessage, displayMessage, handedOver, type Kernel } from './kernel.ts';

interface TslabJupyter {
  /** Set anew for each cell, and so tells one from another. */
  lastWriteDisplayData?: ((message: DisplayMessage, isUpdate: boolean) => unknown) | null;
}

/** The cell that was told to omit a value. */
const omitted = new WeakMap<object, unknown>();

/**
 * tslab writes whole bundles by a function of its own module, which its public API does not hand out. Importing tslab
 * would load a second copy that is not the running kernel, so the loaded module is looked up.
 */
export function tslabKernel(): Kernel | null {
  if (!('__tslab__' in globalThis)) return null;
  const loaded = Object.entries(createRequire(import.meta.url).cache);
  const jupyter = loaded.find(([file]) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file))?.[1]?.exports as
    | TslabJupyter
    | undefined;
  if (typeof jupyter?.lastWriteDisplayData !== 'function') return null;
  return {
    send: (bundle, place) =>
      handedOver(jupyter.lastWriteDisplayData?.(displayMessage(bundle, place?.id), place?.isUpdate ?? false)),
    omit: (value) => void omitted.set(value, jupyter.lastWriteDisplayData),
    omits: (value) => omitted.get(value) === jupyter.lastWriteDisplayData,
  };
}

/** Whether it is tslab itself that logs the last expression of a cell, and not the code in the cell. */
export function isLastExpression(): boolean {
  if (!('__tslab__' in globalThis)) return false;
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const caller = frames.find((frame) => !/node:internal|console\.|[\\/]notebook[\\/](?:dist|src)[\\/]/.test(frame));
  return caller !== undefined && /[\\/]tslab[\\/]dist[\\/]executor\.js/.test(caller);
}
