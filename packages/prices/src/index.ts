export { costOf, createPriceList, type ModelPrice, type ModelUsage, type PriceList } from './price-list.ts';
export { type ModelAnswer, type UsageOptions, usageOf } from './usage-of.ts';
