import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Every package is one project: `npx vitest --project core`. Other packages are imported as built. */
export default defineConfig({
  test: {
    projects: readdirSync('packages').map((name) => ({
      test: { name, root: `packages/${name}`, include: ['test/**/*.test.ts'] },
    })),
  },
});
