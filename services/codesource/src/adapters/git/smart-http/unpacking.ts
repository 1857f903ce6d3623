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
  private running: ReturnType<typeof start> | undefined

  constructor(
    private readonly env: Readonly<Record<string, string>>,
    private readonly maxBytes: number,
  ) {}

  /** @throws when the pack is larger than allowed */
  take(chunk: Buffer): void {
    this.length += chunk.length
    if (this.length > this.maxBytes) throw new Error('the pack is too large')
    if (this.running) {
      this.running.child.stdin.write(chunk)
      return
    }
    this.head.push(chunk)
    this.headLength += chunk.length
    if (this.headLength >= headBytes) this.begin(Buffer.concat(this.head))
  }

  /** @throws when git does not like the pack */
  async finish(): Promise<void> {
    const { running } = this
    if (!running) throw new Error('there is no pack')
    running.child.stdin.end()
    const code = await running.ended
    if (code !== 0) throw new Error(`the pack can not be unpacked: git ended with ${code ?? 'a signal'}`)
  }

  cancel(): void {
    this.running?.child.kill('SIGKILL')
  }

  private begin(head: Buffer): void {
    const objects = head.readUInt32BE(8)
    const args = objects < keptFrom ? ['unpack-objects', '-q'] : ['index-pack', '--stdin', '--fix-thin']
    this.running = start(args, this.env)
    this.running.child.stdin.write(head)
  }
}

/** Git ends as soon as it has the whole pack, which may be before anybody asks. */
function start(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = spawn('git', args, { env, stdio: ['pipe', 'ignore', 'ignore'] })
  child.stdin.on('error', () => undefined)
  const ended = once(child, 'close').then(
    ([code]: (number | null)[]) => code ?? null,
    () => null,
  )
  return { child, ended }
}
