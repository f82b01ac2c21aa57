export function createAdapter(statistics: object): Readonly<Record<string, (input: unknown, options: unknown) => unknown>>;
