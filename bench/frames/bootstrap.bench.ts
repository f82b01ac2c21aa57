/**
 * CPU time of a bootstrapped interval of a mean (BCa), beside scipy's on the same values.
 *
 *     ASSAY_PYTHON=venv/bin/python node bench/frames/bootstrap.bench.ts      that Python also needs scipy
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrapCi } from '@assay/frames/statistics';
import { printTable } from '../table.ts';
import { cpuOf, measuredByPython } from './data.ts';

const [count, resamples] = [10_000, 10_000];
const values = Array.from({ length: count }, (_, index) => ((index * 7_919) % 10_007) / 10_007);

const folder = mkdtempSync(join(tmpdir(), 'assay-bench-'));
writeFileSync(join(folder, 'bootstrap.json'), JSON.stringify({ values, resamples }));
const { scipy, low, high } = measuredByPython('bootstrap.py', folder)['bootstrap'] ?? {};
rmSync(folder, { recursive: true });

const ours = await cpuOf(() => bootstrapCi({ values }, { resamples }), 3);
const found = bootstrapCi({ values }, { resamples });
printTable(`Bootstrap of a mean: ${count} values, ${resamples} resamples, BCa; CPU, least of 3`, [
  {
    'ours, ms': ours.toFixed(0),
    'scipy, ms': scipy?.toFixed(0) ?? '',
    '÷ scipy': scipy === undefined ? '' : (ours / scipy).toFixed(2),
    goal: '1 ×',
    'our interval': `${found.low?.toFixed(4)} to ${found.high?.toFixed(4)}`,
    "scipy's": low === undefined ? '' : `${low.toFixed(4)} to ${high?.toFixed(4)}`,
  },
]);
