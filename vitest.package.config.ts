import { defineConfig } from 'vitest/config';

/** Each package as its users get it: packed, installed in an empty project, and used. */
export default defineConfig({
  test: { include: ['tests/package/*.test.ts'], testTimeout: 300_000, hookTimeout: 600_000, fileParallelism: false },
});
