import { expect, test } from 'vitest';
import { EventQueue } from '../src/event-queue.ts';

test('hands out events in the order they were put, whoever waits first', async () => {
  const queue = new EventQueue<number>();
  const ready = queue.ready();
  for (let event = 1; event <= 1000; event += 1) queue.put(event);
  expect(await ready).toBe(true);
  expect(Array.from({ length: 1000 }, () => queue.take())).toEqual(
    Array.from({ length: 1000 }, (_, index) => index + 1),
  );
  expect(queue.take()).toBeUndefined();
});

test('counts what nobody has taken', () => {
  const queue = new EventQueue<string>();
  queue.put('a');
  queue.put('b');
  queue.take();
  expect(queue.length).toBe(1);
});

test('ends only after the last event was taken', async () => {
  const queue = new EventQueue<string>();
  queue.put('a');
  queue.end();
  expect(await queue.ready()).toBe(true);
  queue.take();
  expect(await queue.ready()).toBe(false);
});

test('wakes a reader who waits when it ends', async () => {
  const queue = new EventQueue<string>();
  const ready = queue.ready();
  queue.end();
  expect(await ready).toBe(false);
});
