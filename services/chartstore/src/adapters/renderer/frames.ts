const lengthBytes = 4

/** One message for a host: its length as four bytes, the lowest first, then JSON. */
export function frameOf(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message))
  const length = Buffer.alloc(lengthBytes)
  length.writeUInt32LE(body.length)
  return Buffer.concat([length, body])
}

/** Puts together what comes in pieces, up to a limit. */
export class FrameReader {
  #pieces: Buffer[] = []
  #size = 0

  constructor(private readonly maxBytes: number) {}

  /**
   * Takes a piece; answers the message when it is whole.
   * @throws FrameTooLargeError
   */
  take(piece: Buffer): unknown {
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size < lengthBytes) return undefined
    if ((this.#pieces[0]?.length ?? 0) < lengthBytes) this.#pieces = [Buffer.concat(this.#pieces)]
    const length = this.#pieces[0]?.readUInt32LE(0) ?? 0
    if (length > this.maxBytes) throw new FrameTooLargeError(length)
    if (this.#size < lengthBytes + length) return undefined
    const whole = Buffer.concat(this.#pieces)
    this.#pieces = []
    this.#size = 0
    return JSON.parse(whole.toString('utf8', lengthBytes, lengthBytes + length)) as unknown
  }
}

/** A message is larger than it may be. */
class FrameTooLargeError extends Error {
  override name = 'FrameTooLargeError'

  constructor(readonly bytes: number) {
    super(`a message of ${String(bytes)} bytes is too large`)
  }
}
