import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bleu, chrf, editDistance, jsonSchema, listF1, ndcg, precisionAtK, recallAtK, rougeL } from '../src/index.ts';

interface Overlap {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
}

interface Golden {
  readonly texts: readonly {
    readonly output: string;
    readonly expected: string;
    readonly distance: number;
    readonly normalizedDistance: number;
    readonly wordDistance: number;
    readonly bleu: number;
    readonly bleuIgnoreCase: number;
    readonly bleuNone: number;
    readonly bleuCharacters: number;
    readonly chrf: number;
    readonly chrfPlusPlus: number;
    readonly chrfBeta1: number;
    readonly rougeLAscii: Overlap;
  }[];
  readonly references: readonly {
    readonly output: string;
    readonly expected: readonly string[];
    readonly bleu: number;
    readonly chrf: number;
    readonly rougeLAscii: number;
  }[];
  readonly retrieval: readonly {
    readonly output: readonly string[];
    readonly relevant: readonly string[];
    readonly grades: Readonly<Record<string, number>>;
    readonly k: number;
    readonly precision: number;
    readonly recall: number;
    readonly ndcg: number;
    readonly ndcgExponential: number;
  }[];
  readonly lists: readonly {
    readonly output: readonly string[];
    readonly expected: readonly string[];
    readonly precision: number;
    readonly recall: number;
    readonly f1: number;
    readonly f2: number;
  }[];
  readonly schemas: readonly {
    readonly schema: Readonly<Record<string, unknown>>;
    readonly values: readonly { readonly value: unknown; readonly valid: boolean }[];
  }[];
}

const golden = JSON.parse(readFileSync(new URL('golden/golden.json', import.meta.url), 'utf8')) as Golden;
const texts = golden.texts.map((one) => [JSON.stringify(one.output).slice(0, 30), one] as const);

describe('texts are judged as by RapidFuzz, sacrebleu and rouge-score', () => {
  test.each(texts)('%s', (_, { output, expected, ...scores }) => {
    const both = { output, expected };

    expect(editDistance(both).score).toBeCloseTo(scores.normalizedDistance, 12);
    expect(editDistance({ ...both, normalize: false }).score).toBe(scores.distance);
    expect(editDistance({ ...both, unit: 'words', normalize: false }).score).toBe(scores.wordDistance);
    expect(bleu(both).score).toBeCloseTo(scores.bleu, 10);
    expect(bleu({ ...both, ignoreCase: true }).score).toBeCloseTo(scores.bleuIgnoreCase, 10);
    expect(bleu({ ...both, tokenize: 'none' }).score).toBeCloseTo(scores.bleuNone, 10);
    expect(bleu({ ...both, tokenize: 'characters' }).score).toBeCloseTo(scores.bleuCharacters, 10);
    expect(chrf(both).score).toBeCloseTo(scores.chrf, 10);
    expect(chrf({ ...both, wordOrder: 2 }).score).toBeCloseTo(scores.chrfPlusPlus, 10);
    expect(chrf({ ...both, beta: 1 }).score).toBeCloseTo(scores.chrfBeta1, 10);
    for (const measure of ['f1', 'precision', 'recall'] as const) {
      expect(rougeL({ ...both, words: 'ascii', measure }).score).toBeCloseTo(scores.rougeLAscii[measure], 12);
    }
  });
});

test('several references are judged as by sacrebleu and rouge-score', () => {
  for (const { output, expected, ...scores } of golden.references) {
    expect(bleu({ output, expected }).score).toBeCloseTo(scores.bleu, 10);
    expect(chrf({ output, expected }).score).toBeCloseTo(scores.chrf, 10);
    expect(rougeL({ output, expected, words: 'ascii' }).score).toBeCloseTo(scores.rougeLAscii, 12);
  }
});

test('rankings are judged as by scikit-learn', () => {
  for (const { output, relevant, grades, k, ...scores } of golden.retrieval) {
    expect(precisionAtK({ output, expected: relevant, k }).score).toBeCloseTo(scores.precision, 12);
    expect(recallAtK({ output, expected: relevant, k }).score).toBeCloseTo(scores.recall, 12);
    expect(ndcg({ output, expected: grades, k }).score).toBeCloseTo(scores.ndcg, 12);
    expect(ndcg({ output, expected: grades, k, gain: 'exponential' }).score).toBeCloseTo(scores.ndcgExponential, 12);
  }
});

test('lists are judged as by scikit-learn', () => {
  for (const { output, expected, precision, recall, f1, f2 } of golden.lists) {
    expect(listF1({ output, expected }).metadata).toEqual({
      precision: expect.closeTo(precision, 12),
      recall: expect.closeTo(recall, 12),
      f: expect.closeTo(f1, 12),
    });
    expect(listF1({ output, expected, beta: 2 }).score).toBeCloseTo(f2, 12);
  }
});

describe('values conform to a schema where Python’s jsonschema says so', () => {
  test.each(golden.schemas.map((one) => [JSON.stringify(one.schema).slice(0, 120), one] as const))(
    '%s',
    async (_, { schema, values }) => {
      for (const { value, valid } of values) {
        const { score } = await jsonSchema({ output: value, schema, parse: false });
        expect([JSON.stringify(value), score]).toEqual([JSON.stringify(value), valid ? 1 : 0]);
      }
    },
  );
});
