import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  expectedFromWire,
  expectedToWire,
  instant,
  valueFromWire,
  valueToWire,
  wireInstant,
} from '../../src/wire/index.ts';

const seed = { seed: 20261120 };
const wrapped = fc.jsonValue().map((value) => ({ 'assay.value': value }));
const values = fc.oneof(
  fc.jsonValue(),
  wrapped,
  wrapped.map((value) => ({ 'assay.value': value })),
);
const overTheWire = (value: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

test('gives every input back as it was, and sends an object always', () => {
  fc.assert(
    fc.property(values, (value) => void expect(valueFromWire(overTheWire(valueToWire(value)))).toEqual(asJson(value))),
    seed,
  );
});

test('gives every expected answer back as it was', () => {
  fc.assert(
    fc.property(
      values,
      (value) => void expect(expectedFromWire(overTheWire(expectedToWire(value)))).toEqual(asJson(value)),
    ),
    seed,
  );
});

test('leaves objects readable for other clients, and none as Phoenix has it', () => {
  expect(valueToWire({ question: 'why' })).toEqual({ question: 'why' });
  expect(valueToWire('why')).toEqual({ 'assay.value': 'why' });
  expect([expectedToWire(null), expectedToWire(undefined)]).toEqual([{}, {}]);
  expect(expectedToWire({})).toEqual({ 'assay.value': {} });
});

test('gives every time back, and writes an offset that Python 3.10 reads', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }), (date) => {
      const text = wireInstant(date);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00$/);
      expect(instant.parse(text)).toEqual(date);
    }),
    seed,
  );
});

test.each([
  ['2026-03-01T12:00:00', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01 12:00:00.123456', '2026-03-01T12:00:00.123Z'],
  ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00.000Z'],
  ['2026-03-01T14:00:00+02:00', '2026-03-01T12:00:00.000Z'],
])('reads %s as a time, without an offset in UTC', (text, expected) => {
  expect(instant.parse(text).toISOString()).toBe(expected);
});

test.each(['', 'yesterday', '2026-13-01T00:00:00Z', '12'])('refuses %j as a time', (text) => {
  expect(instant.safeParse(text).success).toBe(false);
});

test('writes every time as ISO 8601 with an offset, as a date would', () => {
  const times = fc.oneof(fc.nat(4e12), fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true }));
  fc.assert(
    fc.property(fc.array(times), (list) => {
      for (const time of list) expect(wireInstant(time)).toBe(new Date(time).toISOString().replace('Z', '+00:00'));
    }),
    seed,
  );
});
