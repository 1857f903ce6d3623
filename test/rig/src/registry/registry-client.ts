import { Agent, type Dispatcher } from 'undici'
import { buildImage, type Blob, type ImageContent } from './image'

/** A registry, and as whom to talk to it. */
export interface RegistryAccess {
  /** Host and port, as they stand in the name of an image. */
  readonly host: string
  /** Where it listens, when the mesh reaches it by another way. */
  readonly dial?: string
  readonly username: string
  readonly password: string
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** Pushes images to a registry, as a pipeline does, and looks what is there. */
export class RegistryClient {
  readonly #agent = new Agent()

  constructor(readonly access: RegistryAccess) {}

  /** Builds an image of some files and pushes it under a tag; answers its digest. */
  async push(repository: string, tag: string, content: ImageContent = {}): Promise<string> {
    const { manifest, blobs } = buildImage(content)
    for (const blob of blobs) await this.#upload(repository, blob)
    const path = `/v2/${repository}/manifests/${tag}`
    await this.#expect(201, 'PUT', path, manifest.bytes, { 'content-type': manifest.mediaType })
    return manifest.digest
  }

  /** The tags of a repository; none where there is no such repository. */
  async tags(repository: string): Promise<string[]> {
    const answer = await this.#call('GET', `/v2/${repository}/tags/list`)
    if (answer.status === 404) return []
    if (answer.status !== 200) throw refused('GET', `/v2/${repository}/tags/list`, answer)
    return ((JSON.parse(answer.text) as { tags: string[] | null }).tags ?? []).toSorted()
  }

  /** The digest of a tag, or undefined where there is none. */
  async digestOf(repository: string, tag: string): Promise<string | undefined> {
    const accept = 'application/vnd.oci.image.manifest.v1+json'
    const answer = await this.#call('HEAD', `/v2/${repository}/manifests/${tag}`, undefined, { accept })
    return answer.status === 200 ? String(answer.headers['docker-content-digest']) : undefined
  }

  /** Takes a tag away; its content stays. */
  async removeTag(repository: string, tag: string): Promise<void> {
    await this.#expect(202, 'DELETE', `/v2/${repository}/manifests/${tag}`)
  }

  /** Breaks all connections. */
  close(): Promise<void> {
    return this.#agent.destroy()
  }

  async #upload(repository: string, { digest, bytes }: Blob): Promise<void> {
    if ((await this.#call('HEAD', `/v2/${repository}/blobs/${digest}`)).status === 200) return
    const { headers } = await this.#expect(202, 'POST', `/v2/${repository}/blobs/uploads/`)
    const upload = new URL(String(headers['location']), `http://${this.access.host}`)
    upload.searchParams.set('digest', digest)
    const type = { 'content-type': 'application/octet-stream' }
    await this.#expect(201, 'PUT', `${upload.pathname}${upload.search}`, bytes, type)
  }

  async #expect(
    status: number,
    method: Dispatcher.HttpMethod,
    path: string,
    body?: Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await this.#call(method, path, body, headers)
    if (answer.status !== status) throw refused(method, path, answer)
    return answer
  }

  async #call(
    method: Dispatcher.HttpMethod,
    path: string,
    body?: Buffer,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const { host, dial = host, username, password } = this.access
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
    const answer = await this.#agent.request({
      origin: `http://${dial}`,
      path,
      method,
      headers: { host, authorization, ...headers },
      signal: AbortSignal.timeout(10_000),
      ...(body ? { body } : {}),
    })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  }
}

function refused(method: string, path: string, { status, text }: Answer): Error {
  return new Error(`the registry answered ${method} ${path} with ${String(status)}: ${text.slice(0, 300)}`)
}
