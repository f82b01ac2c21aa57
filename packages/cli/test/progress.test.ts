import type { Experiment, ExperimentSummary, RunEvent, TaskRun } from '@assay/core';
import { afterEach, expect, test, vi } from 'vitest';
import { createProgress } from '../src/progress.ts';
import type { TerminalStream } from '../src/terminal-stream.ts';
import { hasTerminal, inTerminal, screenOf } from './fixtures/terminal.ts';
import { createWorkspace, doubling } from './fixtures/workspace.ts';

const started: RunEvent = { type: 'started', experiment: {} as Experiment, plannedRuns: 1000, plannedEvaluations: 0 };
const saved: RunEvent = { type: 'task-run-saved', run: { error: null } as TaskRun };
const finished: RunEvent = { type: 'finished', reason: 'completed', summary: {} as ExperimentSummary };

/** A stream that keeps what is written, in the order of time. */
function screen(isTTY: boolean, columns = 100): TerminalStream & { raw: string; writes: number } {
  return {
    isTTY,
    columns,
    rows: 30,
    raw: '',
    writes: 0,
    write(text) {
      this.raw += text.replaceAll('\n', '\r\n');
      this.writes += 1;
    },
  };
}

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

test('redraws one line at most ten times a second, and takes it away in the end', () => {
  vi.useFakeTimers();
  vi.stubEnv('TERM', 'xterm');
  const stream = screen(true);
  const { onEvent } = createProgress({ stream });
  onEvent(started);
  for (let tenth = 0; tenth < 30; tenth += 1) {
    for (let index = 0; index < 20; index += 1) onEvent(saved);
    vi.advanceTimersByTime(100);
  }
  expect(stream.writes).toBeGreaterThan(20);
  expect(stream.writes).toBeLessThanOrEqual(31);
  expect(screenOf(stream.raw)).toMatch(/^█{12}░{8} {2}600\/1000 runs {2}200\/s {2}2 s left\n$/);
  onEvent(finished);
  expect(screenOf(stream.raw).trim()).toBe('');
  const { writes } = stream;
  vi.advanceTimersByTime(1000);
  expect(stream.writes).toBe(writes);
});

test('gives the streams of the process back, however it ends', () => {
  vi.stubEnv('TERM', 'xterm');
  const stream = screen(true);
  const write = stream.write;
  const progress = createProgress({ stream });
  progress.onEvent(started);
  expect(stream.write).not.toBe(write);
  progress.stop();
  progress.stop();
  expect(stream.write).toBe(write);
});

test('makes way for what others write, and never erases it', () => {
  vi.useFakeTimers();
  vi.stubEnv('TERM', 'xterm');
  const stream = screen(true);
  const { onEvent } = createProgress({ stream });
  onEvent(started);
  stream.write('one line\n');
  vi.advanceTimersByTime(100);
  stream.write('no line break');
  vi.advanceTimersByTime(100);
  stream.write('three\nlines\nat once\n');
  vi.advanceTimersByTime(300);
  onEvent(finished);
  expect(screenOf(stream.raw).trimEnd()).toBe('one line\nno line break\nthree\nlines\nat once');
});

test.each([
  ['no terminal', false, 'xterm'],
  ['a dumb terminal', true, 'dumb'],
])('shows nothing in %s, or when asked a line every 10 s', (_, isTTY, term) => {
  vi.useFakeTimers();
  vi.stubEnv('TERM', term);
  const silent = screen(isTTY);
  const talking = screen(isTTY);
  const progresses = [
    createProgress({ stream: silent }),
    createProgress({ stream: talking, linesWithoutTerminal: true }),
  ];
  for (const { onEvent } of progresses) onEvent(started);
  for (const { onEvent } of progresses) onEvent(saved);
  vi.advanceTimersByTime(25_000);
  for (const { onEvent } of progresses) onEvent(finished);
  expect(silent.raw).toBe('');
  expect(talking.raw).toMatch(/^[█░]+ {2}1\/1000 runs.*\r\n[█░]+ {2}1\/1000 runs.*\r\n$/);
});

test.skipIf(!hasTerminal)('draws in a real terminal while the task prints, and leaves the summary behind', async () => {
  const { folder, write } = createWorkspace();
  write(
    'doubling.ts',
    doubling({
      count: 40,
      milliseconds: 60,
      failing: 'input === 3 || (input % 10 === 0 && (console.log(`task ${input} says so`), false))',
    }),
  );
  const { code, raw, screen: left } = await inTerminal(folder, ['run', 'doubling.ts', '--concurrency', '2']);
  expect(code).toBe(0);
  expect(raw).toMatch(/[█░]{20} {2}\d+\/40 runs {2}\d+\/39 evaluations {2}1 failed {2}\d+\/s {2}\d+ s left/);
  const lines = left.split('\n').filter((line) => line.trim() !== '');
  expect(lines.slice(0, 6)).toEqual([
    'task 0 says so',
    'task 10 says so',
    'task 20 says so',
    'task 30 says so',
    expect.stringMatching(/^doubling {2}/),
    '40 task runs: 39 ok, 1 failed, 0 missing',
  ]);
  expect(left).not.toMatch(/[█░]/);
});

test.skipIf(!hasTerminal)(
  'draws on stderr with --json, keeps what the task prints, and leaves stdout to the document',
  async () => {
    const { folder, read, write } = createWorkspace();
    write(
      'doubling.ts',
      doubling({ count: 20, milliseconds: 60, failing: '(console.log(`task ${input} says so`), false)' }),
    );
    const {
      code,
      raw,
      screen: left,
    } = await inTerminal(folder, ['run', 'doubling.ts', '--concurrency', '2', '--json'], { stdoutTo: 'out.json' });
    expect(code).toBe(0);
    expect(raw).toMatch(/\d+\/20 runs/);
    const printed = left
      .split('\n')
      .filter((line) => line.trim() !== '')
      .toSorted();
    expect(printed).toEqual(Array.from({ length: 20 }, (_, n) => `task ${n} says so`).toSorted());
    expect(JSON.parse(read('out.json'))).toMatchObject({ summary: { taskRuns: { ok: 20 } } });
  },
);

test.skipIf(!hasTerminal)('tells in the line what waits for a limit', async () => {
  const { folder, write } = createWorkspace();
  write(
    'doubling.ts',
    doubling({ count: 8, more: "rateLimit: { key: 'provider/model', requestsPerMinute: 60 }, deadlineMs: 4000," }),
  );
  const { raw } = await inTerminal(folder, ['run', 'doubling.ts']);
  expect(raw).toMatch(/waiting \d+ s for provider\/model/);
});

test.skipIf(!hasTerminal)('draws no line with --quiet, and no colours with NO_COLOR', async () => {
  const { folder, write } = createWorkspace();
  write('doubling.ts', doubling({ milliseconds: 50 }));
  expect((await inTerminal(folder, ['run', 'doubling.ts', '--quiet'])).raw).toMatch(/^\S+\r\n$/);
  expect((await inTerminal(folder, ['run', 'doubling.ts'])).raw).toContain('\u001b[1mdoubling');
  const plain = await inTerminal(folder, ['run', 'doubling.ts'], { env: { NO_COLOR: '1' } });
  expect(plain.raw).toContain('doubling  ');
  expect(plain.raw.split('\u001b').some((part) => /^\[[\d;]*m/.test(part))).toBe(false);
});

test.skipIf(!hasTerminal)('cuts the line to a narrow terminal', async () => {
  const { folder, write } = createWorkspace();
  write('doubling.ts', doubling({ count: 20, milliseconds: 60 }));
  const { raw } = await inTerminal(folder, ['run', 'doubling.ts', '--concurrency', '2'], { columns: 24 });
  const drawn = [...raw.replaceAll('\u001b', '\r').matchAll(/\d+\/20 runs[^\r]*/g)].map(([line]) => line);
  expect(drawn.length).toBeGreaterThan(1);
  expect(drawn.every((line) => line.length < 24)).toBe(true);
});
