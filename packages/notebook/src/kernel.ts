import { createRequire } from 'node:module';

/** One thing to show, by MIME type. Front ends take the richest that they know. */
export type MimeBundle = Readonly<Record<string, string>>;

/** Sends a bundle to the notebook; with an id it can be replaced later, where it stands. */
export interface Kernel {
  send(bundle: MimeBundle, place?: { readonly id: string; readonly isUpdate: boolean }): void;
  /** What tells the cell that is running from others: never the same for two; `null` where that cannot be told. */
  readonly cell: unknown;
}

/** The kernel that runs this process; `null` in a script. */
export function runningKernel(): Kernel | null {
  return tslab() ?? deno();
}

interface Message {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, never>>;
  readonly transient: { readonly display_id?: string };
}

function messageOf(data: MimeBundle, id: string | undefined): Message {
  return { data, metadata: {}, transient: id === undefined ? {} : { display_id: id } };
}

interface TslabJupyter {
  /** Set anew for each cell. */
  lastWriteDisplayData?: ((message: Message, isUpdate: boolean) => unknown) | null;
}

/**
 * tslab writes whole bundles by a function of its own module, which its public API does not hand out. Importing tslab
 * would load a second copy that is not the running kernel, so the loaded module is looked up.
 */
function tslab(): Kernel | null {
  if (!('__tslab__' in globalThis)) return null;
  const loaded = Object.entries(createRequire(import.meta.url).cache);
  const jupyter = loaded.find(([file]) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(file))?.[1]?.exports as
    | TslabJupyter
    | undefined;
  if (typeof jupyter?.lastWriteDisplayData !== 'function') return null;
  return {
    send: (bundle, place) => {
      void jupyter.lastWriteDisplayData?.(messageOf(bundle, place?.id), place?.isUpdate ?? false);
    },
    get cell() {
      return jupyter.lastWriteDisplayData;
    },
  };
}

interface DenoJupyter {
  broadcast(type: 'display_data' | 'update_display_data', message: Message): Promise<void>;
}

function deno(): Kernel | null {
  const jupyter = denoJupyter();
  if (jupyter === null) return null;
  return {
    send: (bundle, place) => {
      const type = place?.isUpdate === true ? 'update_display_data' : 'display_data';
      void jupyter.broadcast(type, messageOf(bundle, place?.id));
    },
    cell: null,
  };
}

function denoJupyter(): DenoJupyter | null {
  try {
    return (globalThis as { readonly Deno?: { readonly jupyter?: DenoJupyter } }).Deno?.jupyter ?? null;
  } catch {
    return null; // reading it outside of a notebook throws
  }
}
