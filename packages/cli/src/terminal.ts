export { createProgress, type Progress, type ProgressOptions } from './progress.ts';
export { formatSummaryTable, printSummary, type SummarySource } from './summary-table.ts';
export type { TerminalStream } from './terminal-stream.ts';
