/**
 * Format, lint, types, tests, exports, dead code and links: what must be right before a change is handed in.
 *
 *   scripts/check.ts [--tested]    leaves out the tests, and what is among them, where they have just run
 */
import { spawnSync } from 'node:child_process';

const steps: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'oxfmt', '--check', '.'],
  ['lint', 'oxlint', '--deny-warnings', '.'],
  ['dead code', 'knip', '--no-config-hints'],
  ...(process.argv.includes('--tested') ? [] : [['types, tests, docs and links', 'node', 'scripts/test.ts'] as const]),
];

const failed = steps.filter(([name, command, ...args]) => {
  console.log(`\n— ${name}`);
  return spawnSync(command, args, { stdio: 'inherit' }).status !== 0;
});
for (const [name] of failed) console.log(`✗ ${name}`);
console.log(`${steps.length - failed.length} passed, ${failed.length} failed, 0 skipped`);
process.exitCode = failed.length === 0 ? 0 : 1;
