import { eld } from 'eld/small';
import { franc } from 'franc';
import { franc as francMin } from 'franc-min';
import { detect } from 'tinyld';
import { languages } from './languages.ts';

/** The candidates. Each is a task: it gets an example, and answers with an ISO 639-1 code, or `und` when it does not know. */
export const detectors = {
  franc: ({ input }: { readonly input: string }) => twoLetters(franc(input)),
  'franc-min': ({ input }: { readonly input: string }) => twoLetters(francMin(input)),
  tinyld: ({ input }: { readonly input: string }) => detect(input) || 'und',
  eld: ({ input }: { readonly input: string }) => eld.detect(input).language || 'und',
};

const codes = new Map(languages.map(({ code, code3 }) => [code3, code]));

/** franc answers with three letters. Languages outside the quickstart keep them, and are wrong either way. */
function twoLetters(code3: string): string {
  return codes.get(code3) ?? code3;
}
