import { expect, test } from 'vitest';
import { refOf } from '../../src/phoenix/client-datasets.ts';

test('tells an id from a name', () => {
  expect(refOf('RGF0YXNldDox')).toEqual({ id: 'RGF0YXNldDox' });
  expect(refOf('capitals')).toEqual({ name: 'capitals' });
  expect(refOf({ name: 'RGF0YXNldDox' })).toEqual({ name: 'RGF0YXNldDox' });
});

test.each([undefined, null, 7, {}])('says what a dataset is named by when it gets %s', (dataset) => {
  expect(() => refOf(dataset as never)).toThrow(/Expected dataset to be a name, an id, \{ name \} or \{ id \}/);
});
