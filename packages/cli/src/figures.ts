import { plainText } from './terminal-stream.ts';

/** Text that fits in so many characters and one line. */
export function shortened(text: string, length: number): string {
  const plain = plainText(text);
  return plain.length > length ? `${plain.slice(0, length - 1)}…` : plain;
}

/** Three digits that count. */
export function decimal(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(1) : value.toPrecision(3);
}

/** A duration in milliseconds, with its unit. */
export function milliseconds(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}

/** A time to the minute, in the time zone of the machine. */
export function minuteOf(time: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
