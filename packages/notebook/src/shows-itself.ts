import { type Display, inspected } from './display.ts';

/** Makes an object show itself as the last expression of a cell, as a display does. */
export function showsItself<Value extends object>(value: Value, display: Display): Value {
  const hidden = (method: () => unknown): PropertyDescriptor => ({ value: method, enumerable: false });
  return Object.defineProperties(value, {
    [Symbol.for('Jupyter.display')]: hidden(() => display.toMimeBundle()),
    [Symbol.for('nodejs.util.inspect.custom')]: hidden(() => inspected(value, display)),
  });
}
