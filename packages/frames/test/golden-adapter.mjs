// For `check-golden.mjs GOLDEN ADAPTER`: the built statistics under the names of the golden file.
import * as statistics from '../dist/statistics/index.js';
import { createAdapter } from './golden/create-adapter.mjs';

export default createAdapter(statistics);
