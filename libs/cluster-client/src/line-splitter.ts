const newline = 0x0a

/**
 * Cuts a stream of bytes into lines. Bytes are copied only where a line spans chunks, and then once: a long line that
 * arrives in many chunks costs no more than its length.
 */
export class LineSplitter {
  private parts: Buffer[] = []

  constructor(private readonly onLine: (line: Buffer) => void) {}

  /** Takes the next bytes; calls back for each line that they complete. */
  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
      this.finish(chunk.subarray(start, end))
      start = end + 1
    }
    if (start < chunk.length) this.parts.push(chunk.subarray(start))
  }

  private finish(last: Buffer): void {
    const line = this.parts.length === 0 ? last : Buffer.concat([...this.parts, last])
    this.parts = []
    if (line.length > 0) this.onLine(line)
  }
}
