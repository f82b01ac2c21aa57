import { readdirSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const folder = path.join(root, 'notebooks');

/** The notebooks that the repository ships. */
export const names = readdirSync(folder).filter((name) => name.endsWith('.ipynb'));
