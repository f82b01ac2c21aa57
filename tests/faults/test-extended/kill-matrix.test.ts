import { describe, test } from 'vitest';
import { storeKinds } from '../database.ts';
import { type Kill, type KillCell, killPoints, runKillCell } from '../kill-cell.ts';
import { quantile, report } from '../report.ts';

/** How often in each cell; `npm run faults` asks for 50. */
const kills = Number(process.env['ASSAY_KILLS'] ?? 2);
const timeoutMs = 60_000 + kills * 60_000;

// A dead server's work on PostgreSQL is taken over when its lease has lapsed: those cells spend their time waiting.
describe.for(storeKinds)('a server that dies while it works on a job on %s', (store) => {
  const cells = [
    ...killPoints.map((point) => ({ point, store, signal: 'SIGKILL', kills }) as const),
    { point: 'in flight', store, signal: 'SIGTERM', kills } as const,
  ];

  test.for(cells)(
    '$signal, $point: loses nothing, doubles nothing, and repeats only what was in flight',
    { timeout: timeoutMs, concurrent: store === 'PostgreSQL' },
    async (cell, { expect }) => {
      const results = await runKillCell(cell);
      reportCell(cell, results);

      expect(results.some(({ acknowledged }) => acknowledged > 0)).toBe(true);
      for (const { lost, doubled, missing, needless, repeated, inFlight } of results) {
        expect({ lost, doubled, missing, needless }).toEqual({ lost: 0, doubled: 0, missing: 0, needless: 0 });
        expect(repeated).toBeLessThanOrEqual(cell.signal === 'SIGTERM' ? 0 : inFlight);
      }
    },
  );
});

function reportCell({ point, store, signal }: KillCell, results: readonly Kill[]): void {
  const sum = (of: (kill: Kill) => number): number => results.reduce((total, kill) => total + of(kill), 0);
  const recoveries = results.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  const milliseconds = (value: number): string => (Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en'));
  report('Kills', {
    store,
    signal,
    'killed at': point,
    kills: results.length,
    'seen as saved': sum(({ acknowledged }) => acknowledged),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    missing: sum(({ missing }) => missing),
    'in flight': sum(({ inFlight }) => inFlight),
    repeated: sum(({ repeated }) => repeated),
    'of what was stored': sum(({ needless }) => needless),
    'to first call, ms: median': milliseconds(quantile(recoveries, 0.5)),
    p99: milliseconds(quantile(recoveries, 0.99)),
    'CPU of the start, ms: median': milliseconds(
      quantile(
        results.flatMap(({ startCpuMs }) => startCpuMs ?? []),
        0.5,
      ),
    ),
    'exit, ms: most': milliseconds(Math.max(...results.map(({ exitMs }) => exitMs))),
  });
}
