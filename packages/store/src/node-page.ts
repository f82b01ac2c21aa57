/** Which page of a list is wanted. */
export interface PageRequest {
  /** The id of the first item of the page, as the page before has it in `next`. Left out: the first page. */
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** A page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** The id of the first item of the next page; `null` at the end. */
  readonly next: string | null;
}

/** A page of a list whose items are made as they are looped over, which can be done once. */
export interface PassingPage<Item> {
  readonly items: Iterable<Item>;
  /** The id of the first item of the next page; `null` at the end. */
  readonly next: string | null;
}
