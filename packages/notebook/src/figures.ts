/** Three digits that count, or one after the point from a thousand on. `–` is what is not known. */
export function decimal(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  return signed(Math.abs(value) >= 1000 ? value.toFixed(1) : plainDigits(value));
}

/** With a sign, also for what is above 0. */
export function difference(value: number | null): string {
  return value !== null && value > 0 ? `+${decimal(value)}` : decimal(value);
}

/** A score, below 10 to three places behind the point, so that a column of them stands in line. */
export function score(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '–';
  return value === 0 || (Math.abs(value) < 10 && Math.abs(value) >= 0.0005) ? signed(value.toFixed(3)) : decimal(value);
}

export function interval(ends: readonly [low: number, high: number] | null): string {
  return ends === null ? '–' : `${score(ends[0])} to ${score(ends[1])}`;
}

/** A duration in milliseconds, with the unit in which people say it. */
export function duration(milliseconds: number | null): string {
  if (milliseconds === null || Number.isNaN(milliseconds)) return '–';
  const seconds = milliseconds / 1000;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 1 ? 2 : milliseconds < 10 ? 1 : 0)} ms`;
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export function money(usd: number): string {
  return usd === 0 ? '$0' : `$${usd < 1 ? plainDigits(usd) : usd.toFixed(2)}`;
}

/** A whole number with its thousands set apart. */
export function count(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 run`, `2 runs`. */
export function counted(value: number, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${value === 1 ? singular : plural}`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

/** A size in bytes as people say it. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(bytes < 1e4 ? 1 : 0)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** The first characters of a text; none is cut in two. */
export function cutAt(text: string, length: number): string {
  const isHigh = (text.charCodeAt(length - 1) & 0xfc00) === 0xd800;
  return text.slice(0, isHigh ? length - 1 : length);
}

/** Three digits that count, never as a power of ten unless it must be. */
function plainDigits(value: number): string {
  const digits = value.toPrecision(3);
  return digits.includes('e') && Math.abs(value) >= 1e-6 ? value.toFixed(8).replace(/0+$/, '') : digits;
}

/** The minus of typography, which is as wide as a plus. */
function signed(digits: string): string {
  return digits.replace('-', '−');
}
