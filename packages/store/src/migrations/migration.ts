/** The words in which the databases differ when tables are made. */
export interface SchemaWords {
  /** The type and constraint of an `id` column that counts by itself and never gives a number twice. */
  readonly identity: string;
  /** A whole number of 64 bits. */
  readonly integer: string;
  /** Text that compares by its code points. */
  readonly text: string;
  /** A floating-point number of 64 bits. */
  readonly real: string;
  /** What follows the closing bracket of a table. */
  readonly tableEnd: string;
}

/** One step from a schema to the next. Never changed once it is released: a later step mends it. */
export interface Migration {
  readonly name: string;
  /** The statements, in order. */
  readonly up: (words: SchemaWords) => readonly string[];
}
