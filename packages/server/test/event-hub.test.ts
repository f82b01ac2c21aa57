import { expect, test } from 'vitest';
import { EventHub } from '../src/event-hub.ts';

test('keeps the last thousand events, and says when one is not known any more', () => {
  const hub = new EventHub();
  const start = hub.lastId('a');
  for (let count = 0; count < 5_000; count++) hub.publish('a', 'saved', { count });
  expect(hub.since('a', start)).toBeNull();
  const last = hub.lastId('a');
  const [epoch] = last.split('-');
  expect(hub.since('a', `${epoch}-4000`)?.length).toBe(1_000);
  expect(hub.since('a', `${epoch}-3999`)).toBeNull();
  expect(hub.since('a', `${epoch}-4998`)?.map(({ data }) => JSON.parse(data))).toEqual([
    { count: 4998 },
    { count: 4999 },
  ]);
  expect(hub.since('a', last)).toEqual([]);
  expect(hub.since('a', `${epoch}-6000`)).toBeNull();
});

test('keeps nothing for an experiment that nobody has watched', () => {
  const hub = new EventHub();
  hub.publish('a', 'saved', {});
  expect(hub.isUsed).toBe(false);
  expect(hub.lastId('a')).toMatch(/-0$/);
});

test('forgets experiments that were not used for long, and none that is watched', () => {
  const hub = new EventHub();
  const end = new AbortController();
  const watched = hub.lastId('watched');
  hub.watch('watched', () => {}, end.signal);
  const old = hub.lastId('old');
  for (let count = 0; count < 300; count++) hub.lastId(`other ${count}`);
  expect(hub.since('watched', watched)).toEqual([]);
  expect(hub.since('old', old)).toBeNull();
});
