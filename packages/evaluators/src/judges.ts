// What judges of one's own need, without what other evaluators load: a server has them ready sooner.
export { bindPaths, type PathMapping } from './bind-paths.ts';
export { type Choice, type ClassifierOptions, createClassifier } from './judges/classifier.ts';
export { requiredVariables } from './judges/prompt.ts';
