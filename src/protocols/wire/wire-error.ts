/** Bytes that the protocol does not allow, or more of them than the reader's limits. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly kind: "protocol" | "limit";

  constructor(kind: "protocol" | "limit", message: string) {
    super(message);
    this.kind = kind;
  }
}
