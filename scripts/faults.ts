/**
 * The fault tests at full length: processes killed while they save and while they run experiments.
 *
 *   npm run faults -- --kills 50
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { kills: { type: 'string', default: '50' } } });
const tests = ['test/crash', 'test/kill-resume', 'test/several-processes', 'test/bad-files'];
const { status } = spawnSync('vitest', ['run', '--project', 'store', ...tests], {
  stdio: 'inherit',
  env: { ...process.env, ASSAY_KILLS: values.kills },
});
process.exitCode = status ?? 1;
