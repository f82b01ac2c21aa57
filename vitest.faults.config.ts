import { defineConfig } from 'vitest/config';

/** Every fault of servers and what they stand on, for `npm run faults`; `test-extended/` alone is part of the extended suite. */
export default defineConfig({
  test: {
    root: 'tests/faults',
    include: ['{test-extended,long}/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 300_000,
  },
});
