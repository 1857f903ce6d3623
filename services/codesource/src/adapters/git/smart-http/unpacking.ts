import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** From so many objects on a pack is kept as it is; fewer become single files, which costs less. */
const keptFrom = 1_000
const headBytes = 12

/** Puts a pack into a mirror while it arrives. */
export class Unpacking {
  private readonly head: Buffer[] = []
  private headLength = 0
  private length = 0
  private child: ReturnType<typeof start> | undefined

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly maxBytes: number,
  ) {}

  /** @throws when the pack is larger than allowed */
  take(chunk: Buffer): void {
    this.length += chunk.length
    if (this.length > this.maxBytes) throw new Error('the pack is too large')
    if (this.child) {
      this.child.stdin.write(chunk)
      return
    }
    this.head.push(chunk)
    this.headLength += chunk.length
    if (this.headLength >= headBytes) this.begin(Buffer.concat(this.head))
  }

  /** @throws when git does not like the pack */
  async finish(): Promise<void> {
    const { child } = this
    if (!child) throw new Error('there is no pack')
    const closed = once(child, 'close')
    child.stdin.end()
    const [code] = (await closed) as [number | null]
    if (code !== 0) throw new Error(`the pack can not be unpacked: git ended with ${code ?? 'a signal'}`)
  }

  cancel(): void {
    this.child?.kill('SIGKILL')
  }

  private begin(head: Buffer): void {
    const objects = head.readUInt32BE(8)
    const args = objects < keptFrom ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin']
    this.child = start(args, this.env)
    this.child.stdin.on('error', () => undefined)
    this.child.stdin.write(head)
  }
}

function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  return spawn('git', args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
}
