/**
 * Swallows the line break that `console.log` writes after an empty text, so that the cell has one output and not two.
 * Whatever else is written first goes through.
 */
export function silenceLineBreak(): void {
  const out = process.stdout;
  const write = out.write;
  const restore = (): void => {
    if (out.write === once) out.write = write;
  };
  const once = ((...args: Parameters<typeof write>): boolean => {
    restore();
    return args[0] === '\n' ? true : write.apply(out, args);
  }) as typeof write;
  out.write = once;
  queueMicrotask(restore);
}
