import fc from 'fast-check';
import { expect, test } from 'vitest';
import { taskRunHead, taskRunToWire } from '../src/wire.ts';

test('writes the head of a run, to which its output as JSON and a brace make the run', () => {
  const measured = fc.record({
    startedAt: fc.nat(4e12),
    endedAt: fc.nat(4e12),
    attempts: fc.integer({ min: 1, max: 4 }),
    latencyMs: fc.option(fc.nat(1000)),
    waitMs: fc.option(fc.nat(1000)),
    usage: fc.constantFrom(null, { promptTokens: 1, completionTokens: null, costUsd: 0.5 }),
  });
  const named = fc.record({
    id: fc.base64String(),
    experimentId: fc.base64String(),
    exampleNodeId: fc.base64String(),
    repetition: fc.integer({ min: 1, max: 9 }),
    error: fc.option(fc.string()),
    traceId: fc.option(fc.string()),
  });
  fc.assert(
    fc.property(named, measured, fc.jsonValue(), (names, measurements, output) => {
      const run = { ...names, ...measurements };
      const text = JSON.stringify(output);
      expect(JSON.parse(`${taskRunHead(run)}${text}}`)).toEqual(
        JSON.parse(JSON.stringify(taskRunToWire({ ...run, output }))),
      );
    }),
    { seed: 7 },
  );
});
