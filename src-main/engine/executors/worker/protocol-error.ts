/** What a worker said that ends its connection; `code` is one of CLOSE, the message is the reason that it is told. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: number

  constructor(code: number, reason: string) {
    super(reason)
    this.code = code
  }
}
