export * from './arize.ts';
export * from './dataset.ts';
export * from './experiment.ts';
export * from './instant.ts';
export * from './job.ts';
export * from './metadata.ts';
export * from './page.ts';
export * from './value.ts';
