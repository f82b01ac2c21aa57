import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Projects whose tests use PostgreSQL, which is started for them where the machine has it. */
const withPostgres = ['packages/store', 'packages/server'];

/**
 * Projects whose files share processes, so that each loads what it tests once and not once per file. What they fake they put
 * back after each test, and a hook stands in a test file: that of a shared fixture would run for the first file only.
 */
const sharingProcesses = ['core', 'evaluators', 'frames', 'store', 'server'].map((name) => `packages/${name}`);

/** Projects with the longest files, which wait for processes of their own: they start first, so that none is left alone at the end. */
const first = ['server', 'cli', 'store'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification) => first.indexOf(project.name) + 1 || first.length + 1;
    return (await super.sort(files)).toSorted((one, other) => rank(one) - rank(other));
  }
}

// For all processes that tests start: most of a short life would go into compiling what the one before it has compiled.
process.env['NODE_COMPILE_CACHE'] ??= path.resolve('node_modules/.cache/compiled');

const packages = readdirSync('packages').map((name) => `packages/${name}`);

/** Every package is one project: `npx vitest --project core`. Other packages are imported as built. */
export default defineConfig({
  test: {
    // One more than there are cores: many tests wait.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestFirst },
    projects: [...packages, 'docs', 'tests/provider', 'tests/notebooks']
      .filter((root) => existsSync(`${root}/test`))
      .map((root) => ({
        test: {
          name: root.split('/').at(-1)!,
          root,
          include: ['test/**/*.test.ts'],
          testTimeout: 30_000,
          isolate: !sharingProcesses.includes(root),
          ...(withPostgres.includes(root) && { globalSetup: path.resolve('tests/postgres/setup.ts') }),
        },
      })),
  },
});
