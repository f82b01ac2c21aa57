export { evaluationsFrame } from './evaluations-frame.ts';
export { type ExamplesSource, examplesFrame } from './examples-frame.ts';
export { type FrameInfo, frameInfo } from './frame-info.ts';
export { type Codes, codesOf, evaluatorNames, numbersOf } from './read-column.ts';
export { createRunsFrameBuilder, type RunsFrameBuilder, type RunsFrameOptions, type RunsFrameShape } from './runs-builder.ts';
export { runsFrame } from './runs-frame.ts';
export type { AsyncRecordSource, RecordSource, RecordStore, StoredExperiment } from './source.ts';
