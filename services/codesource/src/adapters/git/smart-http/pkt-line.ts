/** What git's packet lines are: a line of bytes, or a mark between them. */
export type Packet = Buffer | 'flush' | 'delimiter' | 'end'

const marks: Readonly<Record<number, Exclude<Packet, Buffer>>> = { 0: 'flush', 1: 'delimiter', 2: 'end' }
const headBytes = 4
const largest = 65_520

/** A body of lines, and of the marks `flush` and `delimiter`. */
export function packets(...parts: readonly string[]): string {
  return parts.map(packet).join('')
}

function packet(part: string): string {
  if (part === 'flush') return '0000'
  if (part === 'delimiter') return '0001'
  return `${(Buffer.byteLength(part) + headBytes + 1).toString(16).padStart(headBytes, '0')}${part}\n`
}

/** Takes packets out of a stream, in whatever pieces it arrives. */
export class PacketReader {
  private rest: Buffer = Buffer.alloc(0)

  /** @throws when the stream is not made of packets */
  take(chunk: Buffer, onPacket: (packet: Packet) => void): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk])
    for (;;) {
      const read = this.next()
      if (read === undefined) return
      onPacket(read)
    }
  }

  /** Whether nothing is left over. */
  get isEmpty(): boolean {
    return this.rest.length === 0
  }

  private next(): Packet | undefined {
    if (this.rest.length < headBytes) return undefined
    const head = this.rest.toString('latin1', 0, headBytes)
    if (!/^[0-9a-f]{4}$/i.test(head)) throw new Error('the answer is not in packet lines')
    const length = parseInt(head, 16)
    const mark = marks[length]
    const end = mark === undefined ? length : headBytes
    if (end < headBytes || end > largest) throw new Error(`a packet line can not have ${end} bytes`)
    if (this.rest.length < end) return undefined
    const line = this.rest.subarray(headBytes, end)
    this.rest = this.rest.subarray(end)
    return mark ?? line
  }
}

/** The text of a line, without its line break. */
export function textOf(line: Buffer): string {
  return line.toString('utf8').replace(/\n$/, '')
}
