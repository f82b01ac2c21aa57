export * from './dataset.ts';
export * from './errors.ts';
export * from './events.ts';
export * from './experiment.ts';
export * from './store.ts';
export * from './summary.ts';
