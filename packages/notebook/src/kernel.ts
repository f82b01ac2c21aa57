/** One thing to show, by MIME type. Front ends take the richest that they know. */
export type MimeBundle = Readonly<Record<string, string>>;

/** The notebook that this process serves. */
export interface Kernel {
  /**
   * Shows a bundle in the output of the cell; with a place it can be replaced later, where it stands. Resolves once it is
   * handed over, and never rejects.
   */
  send(bundle: MimeBundle, place?: { readonly id: string; readonly isUpdate: boolean }): Promise<void>;
  /** Keeps the cell that is running from showing this as its last expression, since it is on show already. */
  omit(value: object): void;
  /** Whether the running cell was told to omit it. */
  omits(value: object): boolean;
}

/** What kernels send over the wire. */
export interface DisplayMessage {
  readonly data: MimeBundle;
  readonly metadata: Readonly<Record<string, never>>;
  readonly transient: { readonly display_id?: string };
}

/** What cannot be shown must not end what it shows. */
export async function handedOver(sent: unknown): Promise<void> {
  try {
    await sent;
  } catch (error) {
    console.error(error);
  }
}

export function displayMessage(data: MimeBundle, id: string | undefined): DisplayMessage {
  return { data, metadata: {}, transient: id === undefined ? {} : { display_id: id } };
}
