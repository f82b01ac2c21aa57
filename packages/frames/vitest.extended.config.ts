import { defineConfig } from 'vitest/config';

/** The extended suite: `ASSAY_PYTHON=venv/bin/python vitest run --config packages/frames/vitest.extended.config.ts`. */
export default defineConfig({
  test: { name: 'frames-extended', root: import.meta.dirname, include: ['test-extended/**/*.test.ts'] },
});
