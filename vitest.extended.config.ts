import { existsSync, readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const packages = readdirSync('packages').map((name) => `packages/${name}`);

/** What needs real parts: Python's readers, Chromium, Phoenix, PostgreSQL, servers that are killed. `.ci/run` installs and starts them. One file at a time. */
export default defineConfig({
  test: {
    fileParallelism: false,
    projects: [...packages, 'tests/notebooks', 'tests/faults']
      .filter((root) => existsSync(`${root}/test-extended`))
      .map((root) => ({
        test: {
          name: root.split('/').at(-1)!,
          root,
          include: ['test-extended/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      })),
  },
});
