export { type FrameInfo, frameInfo } from './frame-info.ts';
export { type Codes, codesOf, evaluatorNames, numbersOf } from './read-column.ts';
