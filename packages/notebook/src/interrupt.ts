/**
 * Calls back at the first interrupt of the kernel (or Ctrl-C in a script); the second is nobody's business here, and does
 * what it always did. Returns what ends the watch.
 *
 * In tslab it must not be called in the synchronous part of a cell: a handler added there makes the interrupt kill the
 * kernel.
 */
export function onInterrupt(interrupted: () => void): () => void {
  const end = (): void => void process.off('SIGINT', heard);
  const heard = (): void => {
    end();
    interrupted();
  };
  process.on('SIGINT', heard);
  return end;
}
