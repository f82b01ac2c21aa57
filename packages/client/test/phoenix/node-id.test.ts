import { expect, test } from 'vitest';
import { checkNodeId, isNodeId } from '../../src/phoenix/node-id.ts';

test('knows the ids of one kind of thing', () => {
  expect(checkNodeId('Experiment', 'RXhwZXJpbWVudDox')).toBe('RXhwZXJpbWVudDox');
  expect(isNodeId('Dataset', 'RXhwZXJpbWVudDox')).toBe(false);
  expect(() => checkNodeId('Experiment', 'DRY_RUN')).toThrow('No experiment has the id "DRY_RUN"');
});

test.each([undefined, null, 7, { experimentId: 'RXhwZXJpbWVudDox' }])('says what is expected when it gets %s', (id) => {
  expect(() => checkNodeId('Experiment', id as never)).toThrow(
    expect.objectContaining({
      code: 'invalid-input',
      message: expect.stringContaining('Expected the id of the experiment'),
    }),
  );
});
