import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from 'vitest/config';

/** Projects whose tests use PostgreSQL, which is started for them where the machine has it. */
const withPostgres = ['packages/store', 'packages/server'];

const packages = readdirSync('packages').map((name) => `packages/${name}`);

/** Every package is one project: `npx vitest --project core`. Other packages are imported as built. */
export default defineConfig({
  test: {
    projects: [...packages, 'docs', 'tests/provider', 'tests/notebooks']
      .filter((root) => existsSync(`${root}/test`))
      .map((root) => ({
        test: {
          name: root.split('/').at(-1)!,
          root,
          include: ['test/**/*.test.ts'],
          testTimeout: 30_000,
          ...(withPostgres.includes(root) && { globalSetup: path.resolve('tests/postgres/setup.ts') }),
        },
      })),
  },
});
