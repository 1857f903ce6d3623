import type { Readable } from 'node:stream'

/** A body is larger than what is taken; the rest of it was let pass by. */
export class BodyTooLargeError extends Error {
  constructor(readonly limit: number) {
    super(`the body is larger than ${Math.floor(limit / (1 << 20))} MB`)
    this.name = 'BodyTooLargeError'
  }
}

/** All bodies that are being read are too large together. */
export class TooBusyError extends Error {
  constructor() {
    super('too many large webhooks at once: send it again')
    this.name = 'TooBusyError'
  }
}

/** Reads bodies into memory, each up to a limit and all together up to twice that. */
export class BodyReader {
  private held = 0

  constructor(private readonly limit: number) {}

  /**
   * Reads a body. One that is too large is read to its end without being kept, so that the sender sees the answer
   * instead of a broken connection; far beyond the limit the connection is cut.
   */
  async read(stream: Readable, declaredLength: number): Promise<Buffer> {
    if (declaredLength > this.limit) return this.refuse(stream, new BodyTooLargeError(this.limit))
    const chunks: Buffer[] = []
    let length = 0
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        length += chunk.length
        this.held += chunk.length
        chunks.push(chunk)
        const problem = this.problem(length)
        if (problem) {
          chunks.length = 0
          return this.refuse(stream, problem)
        }
      }
      return Buffer.concat(chunks, length)
    } finally {
      this.held -= length
    }
  }

  private problem(length: number): Error | undefined {
    if (length > this.limit) return new BodyTooLargeError(this.limit)
    return this.held > 2 * this.limit ? new TooBusyError() : undefined
  }

  private refuse(stream: Readable, problem: Error): never {
    let passed = 0
    stream.on('data', (chunk: Buffer) => {
      passed += chunk.length
      if (passed > 2 * this.limit) stream.destroy()
    })
    stream.resume()
    throw problem
  }
}
