import { expect, test } from 'vitest';
import { nonEmpty, positive, share, wholeNumber } from '../src/option-values.ts';

test.each(['', ' ', '1.5', '-1', '1e3', '0x10', 'NaN', 'Infinity', '99999999999999999999', '3 '])(
  'takes %j for no whole number',
  (text) => {
    expect(() => wholeNumber(0)(text)).toThrow('whole number');
  },
);

test('takes whole numbers from the least one up', () => {
  expect(['0', '7', '007'].map(wholeNumber(0))).toEqual([0, 7, 7]);
  expect(() => wholeNumber(1)('0')).toThrow('at least 1');
});

test.each(['', '0', '-1', 'Infinity', '0x10', '1,5', '1 s', '1e999'])('takes %j for no number above 0', (text) => {
  expect(() => positive('seconds')(text)).toThrow('seconds above 0');
});

test('takes decimal numbers above 0', () => {
  expect(['0.5', '.5', '30', '1e3'].map(positive('seconds'))).toEqual([0.5, 0.5, 30, 1000]);
});

test('takes shares from 0 to 1', () => {
  expect(['0', '0.05', '1'].map(share)).toEqual([0, 0.05, 1]);
  for (const text of ['-0.1', '1.1', '5%', '']) expect(() => share(text)).toThrow('from 0 to 1');
});

test('takes text that is not empty', () => {
  expect(nonEmpty(' a ')).toBe(' a ');
  expect(() => nonEmpty('  ')).toThrow('empty');
});
