import { defineConfig } from 'vitest/config';

/** The extended suite, against a real Phoenix: `ASSAY_PHOENIX_URL=http://127.0.0.1:6006 vitest run --config packages/client/vitest.extended.config.ts`. */
export default defineConfig({
  test: {
    name: 'client-extended',
    root: import.meta.dirname,
    include: ['test-extended/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
