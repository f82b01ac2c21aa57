export { Display, type View } from './display.ts';
export type { MimeBundle } from './kernel.ts';
export { show, type Showable, type ShowOptions } from './show.ts';
export { live } from './live.ts';
