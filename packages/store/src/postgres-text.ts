/** A code point that Unicode leaves to programs, and that no text has. JSON does not escape it either. */
const mark = '\uFDD0';

/** What stands for a NUL, which PostgreSQL has no place for in a text. */
export const escapedNul = `${mark}0`;
const escapedMark = `${mark}1`;

/** Text as PostgreSQL can hold it. Nothing is lost: `fromPostgresText` gives back what was given. */
export function toPostgresText(text: string): string {
  if (!text.includes('\0') && !text.includes(mark)) return text;
  return text.replaceAll(mark, escapedMark).replaceAll('\0', escapedNul);
}

export function fromPostgresText(text: string): string {
  if (!text.includes(mark)) return text;
  return text.replaceAll(escapedNul, '\0').replaceAll(escapedMark, mark);
}
