import { Readable } from 'node:stream'
import { githubPush, type DrivenRepository, type MeshDriver } from '@k8or/rig'

const pauseMs = 250

/** Bad input from all sides at once, until it is stopped. */
export class Storm {
  /** What the webhook door answered, by status; 0 where the connection broke before it did. */
  readonly answers = new Map<number, number>()
  readonly #stop = new AbortController()
  readonly #gusts: Promise<void>[] = []

  constructor(private readonly driver: MeshDriver) {}

  /** 60 MB at once, half of them without saying so before. */
  largeBodies(): void {
    const piece = Buffer.alloc(1 << 20, ' ')
    const body = Buffer.alloc(60 << 20, ' ')
    const unannounced = () => Readable.from(Array.from({ length: 60 }, () => piece))
    const headers = { 'content-type': 'application/json', 'x-github-event': 'push' }
    this.#blow(() => this.#post(body, headers))
    this.#blow(() => this.#post(unannounced(), headers))
  }

  forgedSignatures(repoUrl: string, atOnce: number): void {
    const { body, headers } = githubPush({ repoUrl, after: 'f'.repeat(40) }, 'not-the-secret')
    for (let each = 0; each < atOnce; each++) this.#blow(() => this.#post(body, headers))
  }

  brokenPushes(repository: DrivenRepository): void {
    let version = 0
    this.#blow(async () => {
      version += 1
      await repository.push({
        'app/c.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [${String(version)}\n`,
      })
    })
  }

  /** Lets what is on its way end. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await Promise.all(this.#gusts)
  }

  #blow(gust: () => Promise<void>): void {
    const { signal } = this.#stop
    const blow = async () => {
      while (!signal.aborted) {
        await gust()
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    }
    this.#gusts.push(blow())
  }

  async #post(body: string | Uint8Array | Readable, headers: Record<string, string>): Promise<void> {
    const { people } = this.driver
    const url = this.driver.value('K8OR_WEBHOOK_URL')
    const status = await people.post(url, body, headers).then(
      (answer) => answer.status,
      () => 0,
    )
    this.answers.set(status, (this.answers.get(status) ?? 0) + 1)
  }
}
