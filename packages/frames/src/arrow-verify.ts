import { AssayError } from '@assay/core/errors';

/**
 * Checks that the vectors in Arrow's metadata (format/Message.fbs, Schema.fbs; FlatBuffers) lie within it: flechette would
 * build a list as long as a broken count says, until memory is full.
 *
 * @throws AssayError `invalid-input`.
 */
export function verifyMessage(header: DataView): void {
  const metadata = new Metadata(header);
  const message = metadata.table(0);
  const kind = metadata.byte(message, 1);
  const content = metadata.child(message, 2);
  if (content === null) return;
  if (kind === schemaKind) metadata.checkSchema(content);
  if (kind === batchKind) metadata.checkBatch(content);
  const data = kind === dictionaryKind ? metadata.child(content, 1) : null;
  if (data !== null) metadata.checkDictionary(data, metadata.long(message, 3));
}

/** As `verifyMessage`, for the footer of a file: its schema, and the messages that it names. */
export function verifyFooter(footer: DataView): void {
  const metadata = new Metadata(footer);
  const table = metadata.table(0);
  const schema = metadata.child(table, 1);
  if (schema !== null) metadata.checkSchema(schema);
  metadata.vector(table, 2, 24);
  metadata.vector(table, 3, 24);
  metadata.checkPairs(table, 4);
}

// `MessageHeader`, and the place of `Union` in `Type`.
const schemaKind = 1;
const dictionaryKind = 2;
const batchKind = 3;
const unionType = 14;
/** How many times smaller LZ4 and ZSTD make offsets at best. */
const mostCompression = 1000;

class Metadata {
  readonly #view: DataView;
  /** A table may be pointed to from several places; together they cannot be more than the bytes have room for. */
  #tablesLeft: number;

  constructor(view: DataView) {
    this.#view = view;
    this.#tablesLeft = view.byteLength;
  }

  /** Where the table is that the offset at a position points to. */
  table(position: number): number {
    return this.#within(position + this.#view.getUint32(position, true));
  }

  byte(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === null ? 0 : this.#view.getUint8(at);
  }

  long(table: number, field: number): number {
    const at = this.#field(table, field);
    return at === null ? 0 : Number(this.#view.getBigInt64(at, true));
  }

  child(table: number, field: number): number | null {
    const at = this.#field(table, field);
    return at === null ? null : this.table(at);
  }

  /** Where the elements of a vector begin, and how many there are. */
  vector(table: number, field: number, elementSize: number): { readonly start: number; readonly count: number } {
    const at = this.#field(table, field);
    if (at === null) return { start: 0, count: 0 };
    const start = this.table(at) + 4;
    const count = this.#view.getUint32(start - 4, true);
    if (start + count * elementSize > this.#view.byteLength) throw broken();
    return { start, count };
  }

  checkSchema(schema: number): void {
    this.#checkFields(schema, 1);
    this.checkPairs(schema, 2);
  }

  checkBatch(batch: number): void {
    this.vector(batch, 1, 16);
    this.vector(batch, 2, 16);
    this.vector(batch, 4, 8);
  }

  /** A dictionary is read whole at once, so it may not tell of more entries than its body has bits. */
  checkDictionary(batch: number, bodyLength: number): void {
    this.checkBatch(batch);
    const isCompressed = this.child(batch, 3) !== null;
    const { start, count } = this.vector(batch, 1, 16);
    for (let node = 0; node < count; node++) {
      const length = Number(this.#view.getBigInt64(start + node * 16, true));
      if (length < 0 || length > bodyLength * 8 * (isCompressed ? mostCompression : 1)) throw broken();
    }
  }

  /** A vector of key and value. */
  checkPairs(table: number, field: number): void {
    this.#eachTable(table, field, () => undefined);
  }

  #checkFields(table: number, field: number): void {
    this.#eachTable(table, field, (column) => {
      const type = this.child(column, 3);
      if (type !== null && this.byte(column, 2) === unionType) this.vector(type, 1, 4);
      this.#checkFields(column, 5);
      this.checkPairs(column, 6);
    });
  }

  #eachTable(table: number, field: number, check: (element: number) => void): void {
    const { start, count } = this.vector(table, field, 4);
    for (let index = 0; index < count; index++) {
      if (--this.#tablesLeft < 0) throw broken();
      check(this.table(start + index * 4));
    }
  }

  /** Where the value of a field is; `null` when the table leaves it out. */
  #field(table: number, field: number): number | null {
    const vtable = this.#within(table - this.#view.getInt32(table, true));
    const slot = 4 + 2 * field;
    const offset = slot < this.#view.getUint16(vtable, true) ? this.#view.getUint16(vtable + slot, true) : 0;
    return offset === 0 ? null : this.#within(table + offset);
  }

  #within(position: number): number {
    if (position < 0 || position >= this.#view.byteLength) throw broken();
    return position;
  }
}

function broken(): AssayError {
  return new AssayError('invalid-input', 'Expected Arrow IPC bytes: their metadata is broken');
}
