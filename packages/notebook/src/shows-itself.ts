import { type Display, inspected } from './display.ts';
import type { Kernel } from './kernel.ts';

/**
 * Makes an experiment show itself as the last expression of a cell, as a display does. In the cell in which it is on show
 * already, it is not shown twice.
 */
export function showsItself<Value extends object>(value: Value, display: Display, kernel: Kernel | null): Value {
  const cell = kernel?.cell ?? null;
  const isOnShow = (): boolean => cell !== null && kernel?.cell === cell;
  const hidden = (method: () => unknown): PropertyDescriptor => ({ value: method, enumerable: false });
  return Object.defineProperties(value, {
    [Symbol.for('Jupyter.display')]: hidden(() => display.toMimeBundle()),
    [Symbol.for('nodejs.util.inspect.custom')]: hidden(() => inspected(display, isOnShow())),
  });
}
