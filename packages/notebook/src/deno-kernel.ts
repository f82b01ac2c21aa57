import { type DisplayMessage, displayMessage, handedOver, type Kernel } from './kernel.ts';

interface DenoJupyter {
  broadcast(type: 'display_data' | 'update_display_data', message: DisplayMessage): Promise<void>;
}

/** What shows the last expression of each cell. Deno calls it by this name. */
interface ResultSender {
  broadcastResult?: (executionCount: number, result: unknown) => Promise<void>;
}

interface DenoGlobal {
  readonly jupyter?: DenoJupyter;
  readonly internal?: symbol;
  readonly [internals: symbol]: { readonly jupyter?: ResultSender } | undefined;
}

/** Milliseconds within which a cell ends that has its last value. */
const endOfCell = 1000;

export function denoKernel(): Kernel | null {
  const deno = (globalThis as { readonly Deno?: DenoGlobal }).Deno;
  const jupyter = jupyterOf(deno);
  if (deno === undefined || jupyter === null) return null;
  return {
    send: (bundle, place) => {
      const type = place?.isUpdate === true ? 'update_display_data' : 'display_data';
      return handedOver(jupyter.broadcast(type, displayMessage(bundle, place?.id)));
    },
    omit: (value) => omitOnce(deno.internal === undefined ? undefined : deno[deno.internal]?.jupyter, value),
    omits: () => false,
  };
}

function jupyterOf(deno: DenoGlobal | undefined): DenoJupyter | null {
  try {
    return deno?.jupyter ?? null;
  } catch {
    return null; // reading it outside of a notebook throws
  }
}

/**
 * Deno has no way for a value to say that it need not be shown. So the function that shows it is replaced until the cell
 * has ended. Where Deno calls it otherwise one day, the value is shown a second time: no harm.
 */
function omitOnce(sender: ResultSender | undefined, value: object): void {
  const send = sender?.broadcastResult;
  if (sender === undefined || send === undefined) return;
  const restore = (): void => {
    clearTimeout(timer);
    if (sender.broadcastResult === once) sender.broadcastResult = send;
  };
  const once = async (executionCount: number, result: unknown): Promise<void> => {
    restore();
    if (result !== value) await send(executionCount, result);
  };
  const timer = setTimeout(restore, endOfCell);
  sender.broadcastResult = once;
}
